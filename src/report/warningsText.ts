import type { Warning, WarningLevel } from '../core/warnings.ts';
import { wrapText, type Paint } from './layout.ts';

const levels: readonly WarningLevel[] = ['error', 'warning', 'info'];

/** Lines of a report with its warnings, the most serious first, each with its remedy. */
export function warningLines(
  warnings: readonly Warning[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string[] {
  if (warnings.length === 0) return ['  none'];
  const colors = { error: paint.bad, warning: paint.caution, info: paint.dim };
  return levels
    .flatMap((level) => warnings.filter((warning) => warning.level === level))
    .flatMap(({ level, code, message, remedy }) => {
      const [first, ...rest] = wrapText(`${code}: ${message}`, width, `  ${level.padEnd(9)}`);
      return [first.replace(level, colors[level](level)), ...rest, ...wrapText(remedy, width, `${' '.repeat(11)}-> `)];
    });
}
