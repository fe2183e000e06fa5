import { beforeAll, expect, it } from 'vitest';
import { backtestMatrix, type BacktestMatrix } from '../../src/backtest/matrix.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { matrixFigure } from '../../src/plots/index.ts';
import { drifting, exampleMatrix } from './exampleMatrix.ts';
import { axisOf, titleOf, tracesNamed } from './traces.ts';

let matrix: BacktestMatrix;
beforeAll(async () => {
  matrix = await exampleMatrix();
});

it('is plain JSON with a cell for each experiment, its error as text', () => {
  const figure = matrixFigure(matrix);
  expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  const [heat] = tracesNamed(figure, 'Error') as unknown as { z: (number | null)[][]; text: string[][] }[];
  matrix.cells.forEach((row, r) => {
    row.forEach(({ are }, c) => {
      const text = heat.text[r][c].replace(/[()]/g, '');
      expect(text).toBe(are === null ? '' : `${(100 * are).toFixed(1)}%`);
      const level = are === null ? null : [0.05, 0.1, 0.15, Infinity].findIndex((end) => are < end);
      expect(heat.z[r][c]).toBe(level);
    });
  });
});

it('names sizes and shares on the axes and the target in the title', () => {
  const figure = matrixFigure(matrix);
  expect(axisOf(figure, 'xaxis').ticktext).toEqual(['5%', '20%', '50%', '100%']);
  expect(axisOf(figure, 'yaxis').ticktext).toEqual(['1, up to 100M', '3, up to 400M', '4, up to 800M']);
  expect(titleOf(figure).title).toBe(
    'Error of predicting the last 30% of training at 1.6B parameters from smaller models',
  );
});

it('says in the hover text why a cell is empty', () => {
  const [none] = tracesNamed(matrixFigure(matrix), 'No prediction') as unknown as {
    customdata: string[];
    x: number[];
  }[];
  expect(none.x).toHaveLength(matrix.cells.flat().filter(({ are }) => are === null).length);
  expect(none.customdata[0]).toContain('no prediction: no checkpoint is that early');
});

it('draws a line between every two cells of different classes and no other', () => {
  const [edges] = tracesNamed(matrixFigure(matrix), 'Edges of the classes');
  const level = matrix.cells.map((row) =>
    row.map(({ are }) => (are === null ? -1 : [0.05, 0.1, 0.15, Infinity].findIndex((end) => are < end))),
  );
  let expected = 0;
  level.forEach((row, r) => {
    row.forEach((value, c) => {
      if (c + 1 < row.length && row[c + 1] !== value) expected++;
      if (r + 1 < level.length && level[r + 1][c] !== value) expected++;
    });
  });
  expect(expected).toBeGreaterThan(3);
  expect(edges.x.filter((x) => (x as number | null) === null)).toHaveLength(expected);
});

it('marks the cheapest reliable cells, several thresholds at one of them together', () => {
  const [marks] = tracesNamed(matrixFigure(matrix), 'Cheapest experiment from which on the error stays below');
  const reliable = new Set(matrix.cheapest.flatMap(({ reliable }) => (reliable === null ? [] : [reliable])));
  expect(reliable.size).toBeGreaterThan(0);
  expect(marks.x).toHaveLength(reliable.size);
  const named = marks.text.join(' ').match(/<\d+%/g) ?? [];
  expect(named).toHaveLength(matrix.cheapest.filter(({ reliable }) => reliable !== null).length);
});

it('draws the other experiments with their own words', async () => {
  const own = await backtestMatrix(findLaw('tokens-irreducible'), drifting(), { experiment: 'own', shares: [0.5] });
  const figure = matrixFigure(own);
  expect(titleOf(figure).title).toBe("Error of predicting the last 30% of training from a run's own beginning");
  expect(own.cheapest).toEqual([]);
  const shrink = await backtestMatrix(chinchilla, drifting(), { experiment: 'shrink', shares: [1], models: [3] });
  expect(axisOf(matrixFigure(shrink), 'yaxis').ticktext).toEqual(['3, down to 400M']);
});
