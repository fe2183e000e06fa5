import { describe, expect, it } from 'vitest';
import { coursesFigure, nameRuns, sizePlaces } from '../../../src/plots/dynamics/courses.ts';
import { dynamicsFigures } from '../../../src/plots/dynamics/index.ts';
import { figureHtml, type Figure } from '../../../src/plots/index.ts';
import { emptyDynamics, exampleDynamics } from '../../proxy/dynamics/exampleDynamics.ts';
import { axisOf, titleOf, tracesNamed } from '../traces.ts';

const figures = dynamicsFigures(exampleDynamics());
const figureOf = (id: string): Figure => {
  const found = figures.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no figure ${id}`);
  return found.figure;
};

describe('figures of dynamics', () => {
  it('are one for each part that there is', () => {
    expect(figures.map(({ id }) => id)).toEqual([
      'effective-rank',
      'alignment',
      'rate-sensitivity',
      'attention-logits',
      'gradients',
      'saturation',
      'batch-size',
    ]);
    expect(new Set(figures.map(({ description }) => description)).size).toBe(7);
    expect(dynamicsFigures(emptyDynamics())).toEqual([]);
    expect(dynamicsFigures({ ...emptyDynamics(), noise: exampleDynamics().noise }).map(({ id }) => id)).toEqual([
      'batch-size',
    ]);
  });

  it.each(figures.map(({ id }) => id))(
    '%s survives JSON unchanged: no typed arrays, no NaN, nothing undefined',
    (id) => {
      const figure = figureOf(id);
      expect(JSON.parse(JSON.stringify(figure))).toStrictEqual(figure);
    },
  );

  it.each(figures.map(({ id }) => id))('%s has titled axes that hold its points', (id) => {
    const figure = figureOf(id);
    for (const [axis, of] of [
      ['xaxis', 'x'],
      ['yaxis', 'y'],
    ] as const) {
      const { range, type, title } = axisOf(figure, axis);
      expect(title.text).not.toBe('');
      const ends = [...range].sort((a, b) => a - b);
      const points = figure.data
        .filter(({ mode }) => mode === 'lines+markers')
        .flatMap((trace) => (trace[of] as (number | null)[]).filter((value) => value !== null));
      expect(points.length).toBeGreaterThan(0);
      for (const value of points) {
        const place = type === 'log' ? Math.log10(value) : value;
        expect(place).toBeGreaterThanOrEqual(ends[0]);
        expect(place).toBeLessThanOrEqual(ends[1]);
      }
    }
  });

  it('go into a page that holds them all', () => {
    const html = figureHtml(figures, { title: 'Training dynamics', plotlySource: '' });
    for (const { id } of figures) expect(html).toContain(`<div id="${id}"`);
  });
});

describe('what they show', () => {
  it('medians of the ranks of a run, with their spread', () => {
    const [small] = tracesNamed(figureOf('effective-rank'), 'small (1K)').filter(
      ({ mode }) => mode === 'lines+markers',
    );
    expect(small.x).toEqual([32, 320, 3200]);
    // Halfway between the two matrices.
    expect(small.y).toEqual([0.9, 0.85, 0.6]);
  });

  it('alignments over the share of training, and where layers count as converged', () => {
    const figure = figureOf('alignment');
    const [large] = tracesNamed(figure, 'large (50K)').filter(({ mode }) => mode === 'lines+markers');
    expect([large.x, large.y]).toEqual([
      [0.01, 0.1, 1],
      [0.92, 0.98, 1],
    ]);
    expect(tracesNamed(figure, 'converged')[0].y).toEqual([0.9, 0.9]);
  });

  it('a diverged run at the loss before training', () => {
    const figure = figureOf('rate-sensitivity');
    expect(tracesNamed(figure, '1K on 32K')[0].y).toEqual([2.5, 2.25, 2.75]);
    expect(titleOf(figure).subtitle).toContain('largest for 1K: 0.250');
  });

  it('growth with its parabola up to where it breaks down', () => {
    const figure = figureOf('attention-logits');
    const [law] = tracesNamed(figure, 'rate 0.01, extrapolated');
    expect(law.line.dash).toBe('dash');
    // log10 of the quantity is 1 - 0.2 x + 0.07 x^2.
    law.x.forEach((size, k) => {
      const x = Math.log10(size);
      expect(Math.log10(law.y[k])).toBeCloseTo(1 - 0.2 * x + 0.07 * x ** 2, 5);
    });
    expect(law.x[0]).toBe(1000);
    expect(law.x.at(-1)).toBe(1e7);
    expect(tracesNamed(figure, 'unstable above 1e+4')[0].y).toEqual([1e4, 1e4]);
    expect(titleOf(figure).subtitle).toContain('from 250M parameters');
    expect(titleOf(figureOf('gradients')).subtitle).toContain('no instability');
  });

  it('small sizes above the law in percent', () => {
    const figure = figureOf('saturation');
    expect(tracesNamed(figure, 'Last evaluation')[0].y).toEqual([2.1]);
    expect(tracesNamed(figure, 'Best evaluation')[0].y).toEqual([1.2]);
    expect(titleOf(figure).subtitle).toContain('2.1%');
  });

  it('noise and critical batch over a loss that falls to the right', () => {
    const figure = figureOf('batch-size');
    const { range, type } = axisOf(figure, 'xaxis');
    expect([type, range[0] > range[1]]).toEqual(['log', true]);
    // No number where the noise hides the signal.
    expect(tracesNamed(figure, 'noise scale')[0].y).toEqual([null, 120, 900]);
    expect(tracesNamed(figure, 'critical batch')[0].y).toEqual([50, 100]);
  });
});

describe('courses', () => {
  const axis = (): Record<string, unknown> => ({});
  const options = { title: 'T', subtitle: 'S', xaxis: axis, yaxis: axis, hover: { x: 'x', y: 'y' } };

  it('of one group have one colour and one place in the legend', () => {
    const line = (name: string, group: string) => ({ name, group, x: [1, 2], y: [1, 2] });
    const { data } = coursesFigure([line('a', 'one'), line('b', 'one'), line('c', 'two')], options);
    const colors = data.map((trace) => (trace.line as { color: string }).color);
    expect(colors[0]).toBe(colors[1]);
    expect(colors[2]).not.toBe(colors[0]);
    expect(data.map(({ showlegend }) => showlegend)).toEqual([true, false, true]);
  });

  it('are named by themselves while they are few, and by their size from six on', () => {
    expect(nameRuns(5).groupOf('mine', 1e6)).toBe('mine (1M)');
    expect(nameRuns(6).groupOf('mine', 1e6)).toBe('1M parameters');
    expect([nameRuns(5).hasBands, nameRuns(6).hasBands]).toEqual([true, false]);
  });

  it('of sizes lie evenly in their logarithm', () => {
    const place = sizePlaces([1e3, 1e5]);
    expect([place(1e3), place(1e4), place(1e5)]).toEqual([0, expect.closeTo(0.5, 12), 1]);
    expect(sizePlaces([7])(7)).toBe(0.5);
  });
});
