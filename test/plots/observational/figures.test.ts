import { describe, expect, it } from 'vitest';
import { observe } from '../../../src/observational/observe.ts';
import { figureSvg } from '../../../src/plots/index.ts';
import { observationFigures } from '../../../src/plots/observational/index.ts';
import { errorOf } from '../../helpers/errors.ts';
import { madeUpModels, publicModels } from '../../observational/example.ts';

interface Trace {
  readonly name: string;
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  readonly error_y?: { readonly array: readonly number[] };
}

const observation = observe(publicModels, { task: 'GSM8K', cutoff: 8.4e22, resamples: 6 });
const figures = observationFigures(observation);
const traces = (id: string): Trace[] => (figures.find((one) => one.id === id)?.figure.data ?? []) as unknown as Trace[];

describe('figures of an observation', () => {
  it('are three, which the SVG renderer draws', () => {
    expect(figures.map(({ id }) => id)).toEqual(['capability', 'sigmoid', 'scree']);
    for (const { figure, id, description } of figures)
      expect(figureSvg(figure, { id, description })).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('show every model whose compute is known once, in six families and the rest', () => {
    const points = traces('capability').filter(({ x }) => x.length !== 2 || x[0] === x[1]);
    expect(points).toHaveLength(7);
    expect(points.reduce((sum, { x }) => sum + x.length, 0)).toBe(123);
  });

  it('show the models below the cutoff and those held out, with their intervals', () => {
    const [intervals, curve, below, held] = traces('sigmoid');
    expect(below.x).toHaveLength(77);
    expect(held.x).toHaveLength(46);
    expect(intervals.x).toHaveLength(3 * 46);
    for (const y of curve.y) expect(y ?? -1).toBeGreaterThanOrEqual(0);
    expect([...curve.y]).toEqual([...curve.y].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('show shares that sum up to the whole', () => {
    const [summed, alone] = traces('scree');
    expect(summed.y.at(-1)).toBeCloseTo(100, 6);
    expect(alone.y.reduce<number>((sum, y) => sum + (y ?? 0), 0)).toBeCloseTo(100, 5);
    expect(alone.error_y?.array).toHaveLength(7);
  });

  it('are refused where there is nothing to show', () => {
    const one = madeUpModels({ families: 4, models: 2, slope: 0.3, spread: 0.05, noise: 0.01, seed: 1 });
    const bare = observe(one, { resamples: 0 });
    expect(observationFigures(bare).map(({ id }) => id)).toEqual(['scree']);
    expect(errorOf(() => observationFigures(bare, ['sigmoid']))).toMatchObject({ code: 'FIGURE_UNAVAILABLE' });
    expect(errorOf(() => observationFigures(bare, ['capability'])).message).toContain('three models');
    expect(errorOf(() => observationFigures(bare, ['skree']))).toMatchObject({ code: 'FIGURE_UNKNOWN' });
  });
});
