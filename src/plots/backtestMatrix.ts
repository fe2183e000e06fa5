import { fixedPercent } from '../core/percent.ts';
import type { BacktestMatrix, MatrixRowLabel } from '../backtest/matrix.ts';
import type { MatrixCell } from '../backtest/matrixCell.ts';
import { formatQuantity } from '../core/quantity.ts';
import { quantityStyle } from './axis.ts';
import type { Figure, PlainObject } from './figure.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Classes of the error: the strongest colour for the best, paper for the worst, so that it also reads in grey print. */
const classes = [
  { below: 0.05, color: '#0B67A3', name: 'below 5%' },
  { below: 0.1, color: '#6DB3DC', name: '5 to 10%' },
  { below: 0.15, color: '#CBE3F2', name: '10 to 15%' },
  { below: Infinity, color: '#F4F1EC', name: '15% or more' },
] as const;

const classOf = (are: number): number => classes.findIndex(({ below }) => are < below);

const count = (value: number): string => formatQuantity(value, 3);

/** Whether a reader should lean on the fit of the cell. */
const isSound = ({ status, warnings }: MatrixCell): boolean => status === 'converged' && warnings.length === 0;

/** What stands at the left of a row. */
function rowName({ models, from, to }: MatrixRowLabel, experiment: BacktestMatrix['experiment']): string {
  if (experiment === 'own') return count(to);
  if (experiment === 'grow') return `${String(models)}, up to ${count(to)}`;
  if (experiment === 'shrink') return `${String(models)}, down to ${count(from)}`;
  return `${count(from)} to ${count(to)}`;
}

/** What the mouse shows. */
function hoverOf(cell: MatrixCell, row: MatrixRowLabel, threshold: string): string {
  const sizes = cell.models === 1 ? '1 size' : `${String(cell.models)} sizes`;
  const spent = cell.flops === null ? '' : `, ${quantityStyle('flops').format(cell.flops)} FLOP`;
  return [
    `<b>${sizes}, ${fixedPercent(cell.share, 0)} of their training</b>${threshold}`,
    `${String(cell.rows)} rows${spent}`,
    cell.are === null
      ? `no prediction: ${cell.reason ?? ''}`
      : `error ${fixedPercent(cell.are, 2)}, signed ${fixedPercent(cell.bias ?? NaN, 2)}, over ${String(row.test)} checkpoints`,
    ...(cell.naive === null ? [] : [`best loss so far as prediction: ${fixedPercent(cell.naive, 2)}`]),
    ...(isSound(cell) || cell.are === null ? [] : [`fit: ${[cell.status, ...cell.warnings].join(', ')}`]),
  ].join('<br>');
}

/** Lines between cells of different classes, with a gap (null) after each. */
function outlines(level: readonly (readonly (number | null)[])[]): {
  x: (number | null)[];
  y: (number | null)[];
} {
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  const draw = (from: readonly [number, number], to: readonly [number, number]): void => {
    x.push(from[0], to[0], null);
    y.push(from[1], to[1], null);
  };
  for (const [r, row] of level.entries())
    for (const [c, value] of row.entries()) {
      if (c + 1 < row.length && row[c + 1] !== value) draw([c + 0.5, r - 0.5], [c + 0.5, r + 0.5]);
      if (r + 1 < level.length && level[r + 1][c] !== value) draw([c - 0.5, r + 0.5], [c + 0.5, r + 0.5]);
    }
  return { x, y };
}

/** The cheapest cells with the thresholds that each stays below, such as "10%, 15%". */
function marksOf({ cells, cheapest }: BacktestMatrix): { r: number; c: number; text: string }[] {
  const marks = new Map<MatrixCell, number[]>();
  for (const { threshold, reliable } of cheapest)
    if (reliable !== null) marks.set(reliable, [threshold, ...(marks.get(reliable) ?? [])]);
  return [...marks].map(([cell, thresholds]) => {
    const r = cells.findIndex((row) => row.includes(cell));
    return { r, c: cells[r].indexOf(cell), text: thresholds.map((value) => `<${fixedPercent(value, 0)}`).join(' ') };
  });
}

function titleOf({ experiment, rows, testFrom }: BacktestMatrix): string {
  const end = `the last ${fixedPercent(1 - testFrom, 0)} of training`;
  if (experiment === 'own') return `Error of predicting ${end} from a run's own beginning`;
  const whose = experiment === 'shrink' ? 'larger' : 'smaller';
  return `Error of predicting ${end} at ${count(rows[0].target)} parameters from ${whose} models`;
}

/**
 * The figure of a {@link BacktestMatrix}: a cell for each number of sizes and share of training with the error of the
 * prediction in per cent, coloured by its class; the cheapest experiments that can be trusted are marked.
 *
 * @example
 * ```ts
 * const columns = 'params=model_size,tokens=10^num_token,loss=log(ppl),run=model_size';
 * const opt = await readRuns('data/opt-trajectories.csv', { columns });
 * matrixFigure(await backtestMatrix(chinchilla, opt, { shares: [0.5, 1] })).data.length; // 4
 * ```
 */
export function matrixFigure(matrix: BacktestMatrix): Figure {
  const { cells, rows, shares } = matrix;
  const level = cells.map((row) => row.map(({ are }) => (are === null ? null : classOf(are))));
  const marks = marksOf(matrix);
  const markOf = (r: number, c: number): string => {
    const mark = marks.find((candidate) => candidate.r === r && candidate.c === c);
    return mark === undefined ? '' : `, the cheapest ${mark.text}`;
  };
  const steps = classes.flatMap(({ color }, k) => [
    [k / classes.length, color],
    [(k + 1) / classes.length, color],
  ]);
  const anyUnsound = cells.some((row) => row.some((cell) => cell.are !== null && !isSound(cell)));
  const heat: PlainObject = {
    type: 'heatmap',
    name: 'Error',
    x: shares.map((_, c) => c),
    y: rows.map((_, r) => r),
    z: level,
    zmin: -0.5,
    zmax: classes.length - 0.5,
    colorscale: steps,
    xgap: 1,
    ygap: 1,
    text: cells.map((row) =>
      row.map((cell) => {
        if (cell.are === null) return '';
        return isSound(cell) ? fixedPercent(cell.are, 1) : `(${fixedPercent(cell.are, 1)})`;
      }),
    ),
    texttemplate: '%{text}',
    textfont: { size: 14 },
    customdata: cells.map((row, r) => row.map((cell, c) => hoverOf(cell, rows[r], markOf(r, c)))),
    hovertemplate: '%{customdata}<extra></extra>',
    hoverongaps: true,
    colorbar: {
      title: { text: 'Error (ARE)', font: theme.font },
      tickvals: classes.map((_, k) => k),
      ticktext: classes.map(({ name }) => name),
      thickness: 16,
      len: 0.9,
      outlinewidth: 0,
    },
  };
  const none = cells.flatMap((row, r) => row.flatMap((cell, c) => (cell.are === null ? [{ r, c, cell }] : [])));
  const data: PlainObject[] = [
    heat,
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Edges of the classes',
      ...outlines(level),
      line: { color: palette.ink, width: 1.5 },
      hoverinfo: 'skip',
      showlegend: false,
    },
    {
      type: 'scatter',
      mode: 'markers+text',
      name: 'Cheapest experiment from which on the error stays below',
      x: marks.map(({ c }) => c - 0.36),
      y: marks.map(({ r }) => r + 0.3),
      text: marks.map(({ text }) => ` ${text}`),
      textposition: 'middle right',
      textfont: {
        ...theme.note.font,
        size: 11,
        color: marks.map(({ r, c }) => (level[r][c] === 0 ? palette.paper : palette.ink)),
      },
      marker: { symbol: 'star', size: 13, color: palette.law, line: { width: 1, color: palette.paper } },
      hoverinfo: 'skip',
      showlegend: marks.length > 0,
    },
    {
      type: 'scatter',
      mode: 'text',
      name: 'No prediction',
      x: none.map(({ c }) => c),
      y: none.map(({ r }) => r),
      text: none.map(() => '-'),
      textfont: { color: palette.muted },
      customdata: none.map(({ r, c, cell }) => hoverOf(cell, rows[r], markOf(r, c))),
      hovertemplate: '%{customdata}<extra></extra>',
      showlegend: false,
    },
  ];
  return {
    data,
    layout: baseLayout({
      title: titleOf(matrix),
      subtitle: [
        `${matrix.law}, ${matrix.objective}`,
        ...(matrix.dropTokens > 0 ? [`without the first ${count(matrix.dropTokens)} tokens`] : []),
        ...(matrix.fromFraction > 0 ? [`without the first ${fixedPercent(matrix.fromFraction, 0)} of each run`] : []),
        ...(anyUnsound ? ['in brackets: degenerate fits and fits with a warning of level error'] : []),
      ].join('  |  '),
      height: Math.max(360, 190 + 62 * rows.length),
      rest: {
        margin: { l: 150, r: 32, t: 84, b: 110 },
        xaxis: {
          ...theme.axis,
          showgrid: false,
          showline: false,
          ticks: '',
          range: [-0.5, shares.length - 0.5],
          tickvals: shares.map((_, c) => c),
          ticktext: shares.map((share) => fixedPercent(share, Number.isInteger(Math.round(1000 * share) / 10) ? 0 : 1)),
          title: {
            ...theme.axisTitle,
            text:
              matrix.fractionOf === 'run'
                ? 'Share of the training of each run that is fitted'
                : 'Share of the most tokens of the fitted sizes',
          },
        },
        yaxis: {
          ...theme.axis,
          showgrid: false,
          showline: false,
          ticks: '',
          range: [-0.5, rows.length - 0.5],
          tickvals: rows.map((_, r) => r),
          ticktext: rows.map((row) => rowName(row, matrix.experiment)),
          title: {
            ...theme.axisTitle,
            text: matrix.experiment === 'own' ? 'Size' : 'Sizes fitted',
          },
        },
      },
    }),
    config: baseConfig,
  };
}
