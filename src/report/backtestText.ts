import { fixedPercent } from '../core/percent.ts';
import { quantileSorted } from '../core/quantile.ts';
import type { Backtest, LawBacktest } from '../backtest/backtest.ts';
import type { SplitScore } from '../backtest/backtestSplit.ts';
import { baselines } from '../backtest/baselines.ts';
import type { Holdout } from '../backtest/splits.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Warning } from '../core/warnings.ts';
import { formatNumber } from './formula.ts';
import { alignColumns, createPaint, formatWhole, wrapText } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

/** What is held out, in a sentence. */
const heldOut: Readonly<Record<Holdout, { name: string; symbol: string }>> = {
  flops: { name: 'training compute', symbol: 'C' },
  size: { name: 'model size', symbol: 'N' },
  tokens: { name: 'training tokens', symbol: 'D' },
};

const signed = (value: number): string => `${value < 0 ? '' : '+'}${fixedPercent(value, 2)}`;
const share = (value: number | null): string => fixedPercent(value, 0);
const score = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
const factor = (value: number | null): string => (value === null ? '-' : `${formatNumber(value, 3)}x`);

type Scored = Pick<
  SplitScore,
  'are' | 'medianAre' | 'worst' | 'bias' | 'coverage' | 'width' | 'winkler' | 'equivalentCompute'
>;

const scoreHeader = ['ARE', 'median', 'worst', 'signed', 'coverage', 'width', 'Winkler', 'compute'];
const scoreCells = (s: Scored): string[] => [
  fixedPercent(s.are, 2),
  fixedPercent(s.medianAre, 2),
  fixedPercent(s.worst, 2),
  signed(s.bias),
  share(s.coverage),
  fixedPercent(s.width, 1),
  score(s.winkler),
  factor(s.equivalentCompute),
];
/** The scores of all held-out runs; the factor of compute is the middle one of the cuts. */
function pooledCells({ pooled, splits }: LawBacktest): string[] {
  if (pooled === null) return [];
  return scoreCells({ ...pooled, equivalentCompute: middleFactor(splits) });
}

/** The factor of compute of the middle cut, `null` unless there is one at every cut. */
export function middleFactor(splits: readonly Pick<SplitScore, 'equivalentCompute'>[]): number | null {
  const factors = splits.map(({ equivalentCompute }) => equivalentCompute).filter((value) => value !== null);
  return factors.length === 0 || factors.length < splits.length
    ? null
    : quantileSorted(
        factors.toSorted((a, b) => a - b),
        0.5,
      );
}

const right = scoreHeader.map(() => 'right' as const);

/**
 * A backtest as a person reads it: what was held out, a leaderboard of the laws and the baselines over all cuts, the best
 * law cut by cut, and what the numbers mean.
 *
 * @param warnings - what a reader should be told, see `backtestWarnings`
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e20, 3e20] });
 * formatBacktest(backtest, backtestWarnings(backtest, runs)).includes('best-so-far'); // true
 * ```
 */
export function formatBacktest(
  backtest: Backtest,
  warnings: readonly Warning[],
  { color = false, width = 100 }: TextOptions = {},
): string {
  const paint = createPaint(color);
  const { name, symbol } = heldOut[backtest.holdout];
  const ranked = rankLaws([...backtest.laws, ...backtest.baselines]);
  const scored = ranked.filter(({ pooled }) => pooled !== null);
  const cuts = (scored[0]?.splits ?? []).map(({ cut, train, test }) => ({ cut, train, test }));
  const [header, ...rows] = alignColumns(
    [['  law', ...scoreHeader], ...scored.map((law) => [`  ${law.law}`, ...pooledCells(law)])],
    ['left', ...right],
  );
  const failed = ranked.filter(({ pooled }) => pooled === null);
  return [
    paint.bold(`Backtest: ${name} ${symbol} held out`),
    ...cuts.flatMap(({ cut, train, test }) =>
      wrapText(
        `${symbol} < ${formatQuantity(cut)}: ${formatWhole(train)} rows known, ${formatWhole(test)} predicted`,
        width,
        '  ',
      ),
    ),
    '',
    paint.bold(`All cuts, ${formatPercent(backtest.confidence)} intervals for a new run, best first`),
    ...(scored.length === 0 ? [] : [header, ...rows]),
    ...failed.map(({ law }) => `  ${law}: no prediction, see the warnings`),
    ...scored.filter(isLaw).flatMap((law) => ['', paint.bold(`${law.law}, cut by cut`), ...cutLines(law, symbol)]),
    '',
    ...legend(backtest, width),
    '',
    paint.bold('Warnings'),
    ...warningLines(warnings, { paint, width }),
  ].join('\n');
}

const isLaw = ({ law }: LawBacktest): boolean => baselines.every(({ id }) => id !== law);

function cutLines({ splits }: LawBacktest, symbol: string): string[] {
  return alignColumns(
    [
      [`  ${symbol} <`, 'known', 'new', ...scoreHeader],
      ...splits.map((split) => [
        `  ${formatQuantity(split.cut)}`,
        formatWhole(split.train),
        formatWhole(split.test),
        ...scoreCells(split),
      ]),
    ],
    ['left', 'right', 'right', ...right],
  );
}

/** The laws in the order of the leaderboard: by Winkler score where there are intervals, then by ARE; failures last. */
export function rankLaws<Law extends LawBacktest>(laws: readonly Law[]): Law[] {
  const key = ({ pooled }: LawBacktest): readonly [number, number] => [
    pooled?.winkler ?? Infinity,
    pooled?.are ?? Infinity,
  ];
  return [...laws].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    // Infinity minus infinity is no order.
    return (x[0] === y[0] ? 0 : x[0] - y[0]) || (x[1] === y[1] ? 0 : x[1] - y[1]);
  });
}

function legend({ confidence }: Backtest, width: number): string[] {
  return [
    'ARE: mean of |predicted - observed| / observed; signed: above zero, predictions were too high.',
    `Coverage should be ${formatPercent(confidence)}; Winkler: mean width of the intervals in log loss plus ${formatNumber(2 / (1 - confidence), 3)} times what they miss by, so less is better.`,
    "Compute: the factor of compute by which the middle prediction errs, along the law's own path.",
    ...baselines.map(({ id, description }) => `${id}: ${description}.`),
  ].flatMap((line) => wrapText(line, width));
}
