import { escapeMarkdown, markdownTable } from '../markdown.ts';
import type { Card, CardBlock, CardSection, CardTable } from './document.ts';

/** A text as code on one line: the fence is longer than any run of backticks in it. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** Lines of code on their own. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function table({ caption, columns, rows }: CardTable): string {
  const lines = markdownTable(
    columns.map(({ name }) => escapeMarkdown(name)),
    columns.map(({ align }) => align),
    rows.map((row) => row.map(escapeMarkdown)),
  );
  return `${escapeMarkdown(caption)}\n\n${lines}`;
}

function block(part: CardBlock): string {
  switch (part.kind) {
    case 'text':
      return escapeMarkdown(part.text);
    case 'formula':
    case 'command':
      return fenced(part.text);
    case 'table':
      return table(part);
    case 'facts':
      return part.rows.map(([label, text]) => `- **${escapeMarkdown(label)}**: ${escapeMarkdown(text)}`).join('\n');
    case 'warnings':
      return part.warnings
        .map(
          ({ level, code: name, message, remedy }) =>
            `- **${level}**: ${escapeMarkdown(message)} ${code(name)}<br>${escapeMarkdown(remedy)}`,
        )
        .join('\n');
  }
}

const section = ({ heading, blocks }: CardSection): string[] => [`## ${escapeMarkdown(heading)}`, ...blocks.map(block)];

/** The name of a file as an address: nothing in it ends the link or the address. */
const addressOf = (file: string): string => encodeURIComponent(file).replaceAll('(', '%28').replaceAll(')', '%29');

/** A figure as a file that the text links to. */
export interface CardPicture {
  readonly id: string;
  readonly description: string;
  /** Name of a file beside the text, such as `card-frontier.svg`. */
  readonly file: string;
}

/**
 * A card as GitHub's Markdown.
 *
 * @param card - the card
 * @param pictures - files of its figures, linked where they are; none when the text stands alone
 * @returns the text, which ends with a line end
 * @example
 * ```ts
 * cardMarkdown(fitCard(fit)).split('\n')[0]; // '# Chinchilla: loss from parameters and tokens'
 * ```
 */
export function cardMarkdown(card: Card, pictures: readonly CardPicture[] = []): string {
  const before = card.sections.filter(({ id }) => id !== 'reproduction');
  const after = card.sections.filter(({ id }) => id === 'reproduction');
  const stated = card.checklist.filter(({ value }) => value !== null).length;
  const checklist = markdownTable(
    ['Part', 'Item', 'Statement'],
    ['left', 'left', 'left'],
    card.checklist.map(({ group, item, value, how }) => [
      escapeMarkdown(group),
      escapeMarkdown(item),
      value === null ? `**not stated**: ${code(how)}` : escapeMarkdown(value),
    ]),
  );
  const figures = pictures.map(({ description, file }) => `![${escapeMarkdown(description)}](${addressOf(file)})`);
  const parts = [
    `# ${escapeMarkdown(card.title)}`,
    `Fit card of ${escapeMarkdown(card.source)}`,
    `> **${escapeMarkdown(card.verdict.label)}.** ${escapeMarkdown(card.verdict.sentence)}`,
    ...before.flatMap(section),
    ...(figures.length === 0 ? [] : ['## Figures', ...figures]),
    `## Checklist: ${String(stated)} of ${String(card.checklist.length)} stated`,
    'What a reader needs to judge and repeat a scaling law (arXiv 2502.18969). State what is missing with `isoflop report`.',
    checklist,
    ...after.flatMap(section),
  ];
  return `${parts.join('\n\n')}\n`;
}
