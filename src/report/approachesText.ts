import { formatQuantity } from '../core/quantity.ts';
import type { Approach, ApproachComparison } from '../plan/approaches/index.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';

const titles: Readonly<Record<Approach['method'], string>> = {
  envelope: '1 envelope',
  parabola: '2 parabola',
  akima: '2 Akima',
  law: '3 law',
};

type Interval = readonly [number, number] | null;

function cell(value: number | null, interval: Interval, format: (value: number) => string): string {
  if (value === null) return '-';
  return interval === null ? format(value) : `${format(value)} [${format(interval[0])}, ${format(interval[1])}]`;
}

const count = (value: number): string => formatQuantity(value);
const ratio = (value: number): string => formatNumber(value, 3);
const loss = (value: number): string => value.toPrecision(4);
const exponent = (value: number): string => value.toFixed(3);
const signed = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)}%`;

/**
 * Several approaches side by side as a person reads them: what each advises with intervals, the error that approach 2 makes on
 * this grid, what each rests on, and the minimum of every budget.
 *
 * @example
 * ```ts
 * formatApproaches(compareApproaches(fit, 5.76e23, { resamples: 200 }));
 * ```
 */
export function formatApproaches(comparison: ApproachComparison, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { approaches, flops, confidence } = comparison;
  const rows = [
    ['', ...approaches.map((one) => titles[one.method])],
    ['  params N*', ...approaches.map((one) => cell(one.params, one.intervals.params, count))],
    ['  tokens D*', ...approaches.map((one) => cell(one.tokens, one.intervals.tokens, count))],
    ['  tokens/param', ...approaches.map((one) => cell(one.tokensPerParam, one.intervals.tokensPerParam, ratio))],
    ['  loss', ...approaches.map((one) => cell(one.loss, one.intervals.loss, loss))],
    ['  a in N* ~ C^a', ...approaches.map((one) => cell(one.paramsExponent, one.intervals.paramsExponent, exponent))],
    ['  b in D* ~ C^b', ...approaches.map((one) => cell(one.tokensExponent, one.intervals.tokensExponent, exponent))],
  ];
  const [header, ...lines] = alignColumns(
    rows,
    rows[0].map(() => 'left' as const),
  );
  const sections = [
    {
      heading: 'Error of approach 2 on this grid, if the law were the truth and there were no noise',
      lines: biasLines(approaches),
    },
    { heading: 'What they rest on', lines: approaches.flatMap((one) => groundLines(one, width)) },
    { heading: 'Minima of the budgets', lines: budgetLines(approaches) },
  ];
  const sampled = approaches.some((one) => one.approach !== 3 && one.reason === null);
  return [
    paint.bold(
      `Compute-optimal training with ${formatQuantity(flops, 4)} FLOP, ${formatPercent(confidence)} intervals`,
    ),
    paint.bold(header),
    ...lines,
    ...sections
      .filter((section) => section.lines.length > 0)
      .flatMap((section) => ['', paint.bold(section.heading), ...section.lines]),
    ...(sampled
      ? ['', ...wrapText(`${String(comparison.resamples)} resamples with seed noise of ${comparison.noise}.`, width)]
      : []),
  ].join('\n');
}

function biasLines(approaches: readonly Approach[]): string[] {
  const rows = approaches.flatMap(({ method, bias }) =>
    bias === null
      ? []
      : [
          [
            `  ${titles[method]}`,
            `N* ${signed(bias.params)}`,
            `D* ${signed(bias.tokens)}`,
            `a ${exponent(bias.paramsExponent)} for ${exponent(bias.trueParamsExponent)}`,
            `sizes centred at ${ratio(bias.offCenter)} x the best`,
          ],
        ],
  );
  return alignColumns(rows, ['left', 'left', 'left', 'left', 'left']);
}

function groundLines({ method, data, reason, notes }: Approach, width: number): string[] {
  const lead = `  ${titles[method].padEnd(12)}`;
  const indent = ' '.repeat(lead.length);
  const lines = [...(data === '' ? [] : [`${data}.`]), ...(reason === null ? [] : [`No answer: ${reason}.`])];
  return [
    ...lines.flatMap((line, k) => wrapText(line, width, k === 0 ? lead : indent)),
    ...notes.flatMap((note) => wrapText(note, width, `${indent}- `)),
  ];
}

/** Each budget with the minima that the two ways of approach 2 find. */
function budgetLines(approaches: readonly Approach[]): string[] {
  const two = approaches.filter((one) => one.budgets.length > 0);
  if (two.length === 0) return [];
  const rows = two[0].budgets.map(({ flops, runs, sizes }, k) => [
    `  ${formatQuantity(flops)}`,
    String(runs),
    String(sizes),
    ...two.flatMap(({ budgets }) => {
      const { params, loss: lowest, deviation } = budgets[k];
      return params === null || lowest === null
        ? ['dropped', '', '']
        : [
            formatQuantity(params),
            deviation === null ? '' : `±${(100 * deviation).toFixed(0)}%`,
            lowest.toPrecision(4),
          ];
    }),
  ]);
  const header = [
    '  compute',
    'runs',
    'sizes',
    ...two.flatMap(({ method }) => [`N* ${titles[method].slice(2)}`, '', 'loss']),
  ];
  return alignColumns(
    [header, ...rows],
    header.map((_, k) => (k === 0 ? 'left' : 'right')),
  );
}
