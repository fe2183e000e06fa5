import { escapeMarkdown } from '../report/markdown.ts';
import { displayed, type Displayed } from './displayed.ts';

/**
 * Shows sentences in a notebook, such as those of a verdict, as a list. What a cell shows is always there; what it prints with
 * `console.log` Deno's kernel may lose when the cell ends before the text is through.
 *
 * @param lines - one item each
 * @returns the last value of a cell
 * @example
 * ```ts
 * showList(fit.warnings.map(({ message }) => message));
 * ```
 */
export function showList(lines: readonly string[]): Displayed {
  return displayed({
    'text/markdown': lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    'text/plain': lines.join('\n'),
  });
}
