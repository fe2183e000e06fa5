import type { BacktestMatrix, MatrixRowLabel } from '../backtest/matrix.ts';
import type { MatrixCell } from '../backtest/matrixCell.ts';
import { formatQuantity } from '../core/quantity.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

const count = (value: number): string => formatQuantity(value);

/** What is fitted in a row, in a few words. */
function rowName({ models, from, to }: MatrixRowLabel, { experiment }: BacktestMatrix): string {
  if (experiment === 'own') return count(to);
  return `${String(models)}, ${count(from)} to ${count(to)}`;
}

/** Whether a reader should lean on the fit of the cell. */
const isSound = ({ status, warnings }: MatrixCell): boolean => status === 'converged' && warnings.length === 0;

function errorText(cell: MatrixCell): string {
  if (cell.are === null) return '-';
  const text = (100 * cell.are).toFixed(2);
  return isSound(cell) ? `${text} ` : `${text}~`;
}

/**
 * A matrix as a person reads it: errors in per cent by sizes and share of training, then the cheapest experiments that
 * would have done.
 *
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * const columns = 'params=model_size,tokens=10^num_token,loss=log(ppl),run=model_size';
 * const opt = await readRuns('data/opt-trajectories.csv', { columns });
 * formatMatrix(await backtestMatrix(chinchilla, opt, { shares: [1] })).includes('125M to 30B'); // true
 * ```
 */
export function formatMatrix(matrix: BacktestMatrix, { color = false, width = 100 }: TextOptions = {}): string {
  const paint = createPaint(color);
  const { shares, rows, cells, cheapest, fractionOf, testFrom } = matrix;
  const end = `last ${formatPercent(1 - testFrom)} of training`;
  const target =
    matrix.experiment === 'own'
      ? `the ${end} from a run's own beginning`
      : `the ${end} at ${count(rows[0].target)} parameters (${String(rows[0].test)} checkpoints)`;
  const [header, ...lines] = alignColumns(
    [
      ['  sizes', ...shares.map((share) => `${formatPercent(share)} `)],
      ...cells.map((row, r) => [`  ${rowName(rows[r], matrix)}`, ...row.map(errorText)]),
    ],
    ['left', ...shares.map(() => 'right' as const)],
  );
  const notes = [
    `Columns: share of ${fractionOf === 'run' ? 'the training of each run' : 'the most tokens of the fitted sizes'} that is fitted.`,
    ...(cells.flat().some((cell) => cell.are !== null && !isSound(cell))
      ? ['~ the fit is degenerate or has a warning of level error: the prediction may be luck.']
      : []),
    ...(cells.flat().some(({ are }) => are === null) ? ['- no prediction (--json says why).'] : []),
  ];
  return [
    paint.bold(`ARE in per cent of predicting ${target}`),
    ...wrapText(
      [
        matrix.law,
        matrix.objective,
        ...(matrix.dropTokens > 0 ? [`without the first ${count(matrix.dropTokens)} tokens`] : []),
        ...(matrix.fromFraction > 0 ? [`without the first ${formatPercent(matrix.fromFraction)} of each run`] : []),
      ].join(', '),
      width,
      '  ',
    ),
    '',
    header,
    ...lines,
    '',
    ...notes.flatMap((note) => wrapText(note, width, '  ')),
    ...(cheapest.length === 0 ? [] : ['', paint.bold('Cheapest experiment'), ...cheapestLines(matrix, width)]),
    ...(matrix.warnings.length === 0
      ? []
      : ['', paint.bold('Warnings'), ...warningLines(matrix.warnings, { paint, width })]),
  ].join('\n');
}

function cheapestLines({ cheapest }: BacktestMatrix, width: number): string[] {
  const describe = (cell: MatrixCell | null): string[] =>
    cell === null
      ? ['none', '', '']
      : [
          `${String(cell.models)} sizes, ${formatPercent(cell.share)}`,
          cell.flops === null ? '' : `${formatQuantity(cell.flops)} FLOP`,
          errorText(cell),
        ];
  const rows = cheapest.map(({ threshold, reliable, any }) => [
    `  below ${formatPercent(threshold)}`,
    ...describe(reliable),
    ...describe(any),
  ]);
  return [
    ...alignColumns(
      [['  error', 'and stays so', 'compute', 'ARE ', 'at all', 'compute', 'ARE '], ...rows],
      ['left', 'left', 'right', 'right', 'left', 'right', 'right'],
    ),
    ...wrapText('Stays so: more than three quarters of the shares from that one on are below it too.', width, '  '),
  ];
}
