import { expect, it } from 'vitest';
import { backtestFigure, type Figure } from '../../src/plots/index.ts';
import { exampleBacktest, exampleRuns, lawOf } from '../report/backtestExample.ts';
import { axisOf, titleOf, tracesNamed } from './traces.ts';

const law = lawOf('chinchilla', 0.01);
/** Traces of points, without those of their intervals. */
const pointsOf = (drawn: Figure, name: string) => tracesNamed(drawn, name).filter(({ mode }) => mode === 'markers');
const figure = backtestFigure(exampleBacktest, law, exampleRuns);

it('draws what was predicted against what came, and the error against how far beyond the known runs', () => {
  expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  const [left, right] = pointsOf(figure, 'C < 1e20');
  expect(left.x).toEqual([2, 3]);
  expect(left.y).toEqual([2.02, 3.03]);
  // The largest run below both cuts has 5e19 FLOP, those beyond 1e21 and 4e21.
  expect(right.x).toEqual([20, 80]);
  for (const error of right.y) expect(error).toBeCloseTo(1, 6);
  expect(axisOf(figure, 'xaxis2').title.text).toBe('C of the run / largest known C');
});

it('draws intervals, and a cross where one does not hold what came', () => {
  const [bars] = tracesNamed(figure, 'C < 3e20, intervals');
  expect(bars.x).toEqual([2, 2, null, 3, 3, null]);
  [2.02 * 0.98, 2.02 * 1.02].forEach((end, k) => {
    expect(bars.y[k]).toBeCloseTo(end, 6);
  });
  const [inside] = pointsOf(figure, 'C < 1e20');
  expect(inside.marker.symbol).toEqual(['circle', 'circle']);
  const [missed] = pointsOf(backtestFigure(exampleBacktest, lawOf('off', 0.05), exampleRuns), 'C < 1e20');
  expect(missed.marker.symbol).toEqual(['x', 'x']);
  const bare = tracesNamed(
    backtestFigure(exampleBacktest, lawOf('bare', 0.01, { intervals: false }), exampleRuns),
    'C < 1e20',
  );
  expect(bare[0]).toMatchObject({ mode: 'markers' });
});

it('says the error and the coverage, and has one entry in the legend for each cut', () => {
  expect(titleOf(figure).title).toBe('chinchilla predicts larger runs with an error of 1.00%');
  expect(titleOf(figure).subtitle).toContain('90% intervals for a new run hold 100% of what came');
  const entries = (figure.data as { name: string; showlegend?: boolean }[]).filter(
    ({ name, showlegend }) => name.startsWith('C <') && showlegend !== false,
  );
  expect(entries.map(({ name }) => name)).toEqual(['C < 1e20', 'C < 3e20']);
});
