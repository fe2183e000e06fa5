import { takesParamsAndTokens } from '../laws/allocation.ts';
import { lossResponse, type Law, type PublishedFit } from '../laws/law.ts';
import { formatNumber, symbolicFormula } from './formula.ts';
import { checkedLabel, coefficientsLabel, columnsNeeded, fitExample, rangeText, sectionText } from './lawFields.ts';

/**
 * TeX that survives a Markdown renderer that knows nothing of it: a backslash before punctuation would be taken for an
 * escape, so such commands are replaced by those with names.
 */
function safeTex(tex: string): string {
  const named: Readonly<Record<string, string | undefined>> = {
    ',': '\\thinspace ',
    ':': '\\medspace ',
    ';': '\\thickspace ',
    '!': '\\negthinspace ',
    '{': '\\lbrace ',
    '}': '\\rbrace ',
    '|': '\\Vert ',
  };
  return tex.replaceAll(/\\([^A-Za-z\s])/g, (command, sign: string) => named[sign] ?? command);
}

/** Inline mathematics in the form that GitHub shields from Markdown. */
const math = (tex: string): string => `$\`${safeTex(tex)}\`$`;
const code = (text: string): string => `\`${text}\``;
const table = (rows: readonly (readonly string[])[]): string[] => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(rows[0]), line(rows[0].map(() => '---')), ...rows.slice(1).map(line)];
};

const paperLink = (arxiv: string): string => `[arXiv ${arxiv}](https://arxiv.org/abs/${arxiv})`;

/** A picture of a law in a file beside its page. */
export interface LawPicture {
  readonly file: string;
  /** What it shows, for readers who cannot see it. */
  readonly description: string;
}

/**
 * The page of a law in the documentation, as Markdown, made from its fields alone.
 *
 * @param picture - shown below the formula
 * @example
 * ```ts
 * lawPage(findLaw('params')).startsWith('# Power law of model size'); // true
 * ```
 */
export function lawPage(law: Law, picture?: LawPicture): string {
  const { title, reference, inputs, response, params } = law;
  const plain = symbolicFormula(law);
  const example = fitExample(law);
  const paragraphs: (readonly string[])[] = [
    [`# ${title}`],
    [code(`--law ${law.id}`)],
    ['$$', safeTex(law.formula), '$$'],
    ...(plain === law.formula ? [] : [['```text', plain, '```']]),
    ...(picture === undefined ? [] : [[`![${picture.description}](${picture.file})`]]),
    ['## Inputs'],
    table([['name', 'symbol', 'unit'], ...inputs.map(({ name, symbol, unit }) => [code(name), math(symbol), unit])]),
    ['## Response'],
    [
      `${code(response.name)}, ${math(response.symbol)}, ${response.unit === '1' ? 'without a unit' : `in ${response.unit}`}.`,
    ],
    ['## Parameters'],
    table([
      ['name', 'unit', 'meaning', 'positive', 'range'],
      ...params.map((param) => [
        code(param.name),
        code(param.unit),
        param.description,
        param.transform === 'log' ? 'yes' : 'no',
        rangeText(param),
      ]),
    ]),
    ['Positive parameters are fitted as logarithms.'],
    ['## Reference'],
    [
      [
        reference.title,
        ...(reference.arxiv === undefined ? [] : [paperLink(reference.arxiv)]),
        ...sectionText(reference),
      ].join(', ') + '.',
    ],
    ['## Published coefficients'],
    ...(law.published.length === 0 ? [['None.']] : law.published.flatMap((fit) => publishedParagraphs(law, fit))),
    ['## Compute-optimal allocation'],
    takesParamsAndTokens(law)
      ? [
          '`isoflop allocate fit.json --flops 1e24` splits a budget between parameters and tokens,',
          `${law.allocation === undefined ? 'by a search over sizes' : 'in closed form'}.`,
        ]
      : ['None: it takes a law of parameters and tokens alone.'],
    ['## Fit it'],
    ['```sh', example.line, '```'],
    [columnsNeeded(example.columns, '`')],
  ];
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function publishedParagraphs(law: Law, fit: PublishedFit): (readonly string[])[] {
  const label = { verified: '**verified**: recomputed from public data or code', 'as read': 'as read in the source' };
  return [
    [`### ${fit.id}`],
    [`${fit.source}${fit.arxiv === undefined ? '' : `, ${paperLink(fit.arxiv)}`}; ${label[checkedLabel(fit)]}.`],
    table([
      ['name', 'value', 'standard error'],
      ...law.params.map(({ name }) => {
        const error = fit.stderr?.[name];
        return [code(name), formatNumber(fit.params[name], 8), error === undefined ? '-' : formatNumber(error)];
      }),
    ]),
    ...(fit.objective === undefined ? [] : [[`Objective: ${fit.objective}.`]]),
    [fit.note],
  ];
}

/** Groups of the index, in its order. */
const groups = [
  'Loss from parameters, tokens and compute',
  'Loss from one quantity',
  'Loss from further quantities',
  'Training curves',
  'Predictions other than the loss',
] as const;

function groupOf({ inputs, response }: Law): (typeof groups)[number] {
  if (response.unit !== lossResponse.unit) return 'Predictions other than the loss';
  if (inputs.length === 1) return 'Loss from one quantity';
  if (inputs.some(({ unit }) => unit === 'steps')) return 'Training curves';
  return inputs.every(({ name }) => ['params', 'tokens', 'flops', 'tokensPerParam'].includes(name))
    ? 'Loss from parameters, tokens and compute'
    : 'Loss from further quantities';
}

/** A picture small enough for a cell of a table, which leads to the page of its law. */
const thumbnail = ({ id, title }: Law, { file }: LawPicture): string =>
  `<a href="${id}.md"><img src="${file}" alt="${title}" width="240"></a>`;

/**
 * The index of the pages of laws: a table for each group of them.
 *
 * @param pictures - by the id of the law; a law without one has an empty cell
 * @example
 * ```ts
 * lawIndex(laws).includes('(chinchilla.md)'); // true
 * ```
 */
export function lawIndex(laws: readonly Law[], pictures: ReadonlyMap<string, LawPicture> = new Map()): string {
  const paragraphs: (readonly string[])[] = [
    ['# Laws'],
    [
      `The ${String(laws.length)} laws that \`isoflop fit --law\` takes, made from their definitions by \`npm run laws\`.`,
      '`isoflop laws` lists them on the command line and `isoflop laws chinchilla` tells one in full.',
      'Published coefficients are **verified** where they were recomputed from public data or code, and **as read** where',
      'they were only read in the source. A figure shows the law with its latest published coefficients, verified ones',
      'first, and with example coefficients where none are published here. [Which law](../which-law.md) helps to choose.',
    ],
    ...groups.flatMap((group): (readonly string[])[] => {
      const members = laws.filter((law) => groupOf(law) === group);
      if (members.length === 0) return [];
      return [
        [`## ${group}`],
        table([
          ['figure', 'law and inputs', 'formula', 'paper', 'coefficients'],
          ...members.map((law) => {
            const picture = pictures.get(law.id);
            return [
              picture === undefined ? '' : thumbnail(law, picture),
              `[${law.id}](${law.id}.md)<br>${law.inputs.map(({ name }) => name).join(', ')}`,
              math(law.formula),
              law.reference.arxiv === undefined ? law.reference.title : paperLink(law.reference.arxiv),
              coefficientsLabel(law),
            ];
          }),
        ]),
      ];
    }),
  ];
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
