import { describe, expect, it } from 'vitest';
import { learningCurves, type LearningCurve } from '../../../src/plots/live/learningCurves.ts';
import { sizeLadder, type LadderFamily } from '../../../src/plots/live/sizeLadder.ts';
import { axisOf, titleOf, tracesNamed, type Trace } from '../traces.ts';

const curve = (name: string, params: number, status: LearningCurve['status'], rows = 3): LearningCurve => ({
  name,
  params,
  tokens: Array.from({ length: rows }, (_, k) => 1000 * (k + 1)),
  loss: Array.from({ length: rows }, (_, k) => 4 - k / rows),
  status,
});
const planned = [
  { params: 1e4, tokens: 3000 },
  { params: 1e5, tokens: 3000 },
  { params: 1e6, tokens: 9000 },
];
const colorOf = (trace: Trace): unknown => (trace.line as { color?: unknown }).color;

describe('learning curves', () => {
  it('are a trace a size, with a gap after each run, those in training thick and in front', () => {
    const figure = learningCurves(
      [curve('a', 1e4, 'other'), curve('b', 1e4, 'other'), curve('c<b>', 1e5, 'training')],
      planned,
    );
    const [small] = tracesNamed(figure, '10K');
    expect(small.x).toEqual([1000, 2000, 3000, null, 1000, 2000, 3000, null]);
    expect(small.text).toEqual(['a', 'a', 'a', null, 'b', 'b', 'b', null]);
    const [training] = tracesNamed(figure, '100K');
    expect(training.text[0]).toBe('c&lt;b&gt;');
    expect(training.line).toMatchObject({ width: 3 });
    expect(figure.data.at(-1)).toBe(training);
    // The axis reaches as far as the runs will.
    const [, high] = axisOf(figure, 'xaxis').range;
    expect(10 ** high).toBeGreaterThan(9000);
  });

  it('keep their colours while sizes come in', () => {
    const one = learningCurves([curve('a', 1e4, 'training')], planned);
    const two = learningCurves([curve('a', 1e4, 'other'), curve('c', 1e6, 'training')], planned);
    expect(colorOf(tracesNamed(one, '10K')[0])).toBe(colorOf(tracesNamed(two, '10K')[0]));
    expect(colorOf(tracesNamed(two, '10K')[0])).not.toBe(colorOf(tracesNamed(two, '1M')[0]));
  });

  it('are not hidden by what has diverged', () => {
    const wild = { ...curve('w', 1e4, 'diverged'), loss: [4, 1e6, NaN] };
    const figure = learningCurves([curve('a', 1e4, 'other'), wild], planned);
    expect(axisOf(figure, 'yaxis').range[1]).toBeLessThan(5);
    expect(tracesNamed(figure, '10K')[1].y).toEqual([4, 1e6, null, null]);
    expect(axisOf(learningCurves([wild], planned), 'yaxis').range[1]).toBeGreaterThan(1e6);
  });

  it('are thinned, with the last row of each run', () => {
    const figure = learningCurves([curve('long', 1e4, 'other', 20_000)], planned);
    const { x } = tracesNamed(figure, '10K')[0];
    expect(x.length).toBeLessThanOrEqual(5001);
    expect(x.at(-2)).toBe(2e7);
  });

  it('there may be none of yet', () => {
    for (const figure of [learningCurves([], []), learningCurves([curve('a', 1e4, 'training', 0)], planned)]) {
      expect(figure.data).toEqual([]);
      expect(titleOf(figure).subtitle).toBe('no run has been evaluated yet');
      expect(axisOf(figure, 'xaxis').range.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the ladder of sizes', () => {
  const law = { E: 1.7, A: 30, B: 60, alpha: 0.35, beta: 0.37 };
  const lossOf = (n: number, d: number): number => law.E + law.A / n ** law.alpha + law.B / d ** law.beta;
  const models = [1e4, 1e5, 1e6].flatMap((params) => [1e5, 1e6].map((tokens) => ({ params, tokens })));
  const family: LadderFamily = {
    family: 'none',
    ended: models
      .slice(0, 4)
      .map((model, k) => ({ ...model, name: `r${String(k)}`, loss: lossOf(model.params, model.tokens) })),
    law,
    predictions: [{ params: 1e6, tokens: 1e6, loss: 2.3, interval: [2.2, 2.5] }],
  };

  it('has points, the law through them and open predictions with their interval, a colour a budget', () => {
    const figure = sizeLadder([family], models, 0.9);
    const [points] = tracesNamed(figure, '100K tokens').filter(({ mode }) => mode === 'markers');
    expect([points.x, points.text]).toEqual([[1e4, 1e5], expect.arrayContaining(['<b>r0</b><br>N 10K, D 100K'])]);
    const [line] = tracesNamed(figure, '1M tokens, law');
    expect([line.x[0], line.x.at(-1), line.line.dash]).toEqual([1e4, 1e6, 'dash']);
    expect(line.y.at(-1)).toBeCloseTo(lossOf(1e6, 1e6), 5);
    const [predicted] = tracesNamed(figure, '1M tokens, predicted');
    expect(predicted.marker.symbol).toBe('circle-open');
    expect(predicted).toMatchObject({
      error_y: { array: [expect.closeTo(0.2, 6)], arrayminus: [expect.closeTo(0.1, 6)] },
    });
    expect(titleOf(figure).subtitle).toContain('90% interval');
    expect(axisOf(figure, 'yaxis').range[0]).toBeLessThan(2.2);
  });

  it('without a law has points alone, and without points says so', () => {
    const figure = sizeLadder([{ ...family, law: null, predictions: [] }], models, 0.9);
    expect(figure.data.every(({ mode }) => mode === 'markers')).toBe(true);
    expect(titleOf(figure).subtitle).toContain('no law yet');
    for (const plan of [[], models])
      expect(titleOf(sizeLadder([{ ...family, ended: [], law: null, predictions: [] }], plan, 0.9)).subtitle).toBe(
        'no run has ended yet',
      );
  });

  it('joins runs of one ratio where budgets follow the size', () => {
    const ratios = [1e4, 1e5, 1e6].flatMap((params) => [20, 80].map((ratio) => ({ params, tokens: ratio * params })));
    const ended = ratios.slice(0, 4).map((model, k) => ({ ...model, name: `r${String(k)}`, loss: 3 }));
    const figure = sizeLadder([{ ...family, ended, predictions: [] }], ratios, 0.9);
    const [line] = tracesNamed(figure, '20 tokens/param, law');
    expect(line.y.at(-1)).toBeCloseTo(lossOf(1e5, 2e6), 5);
    expect(tracesNamed(figure, '80 tokens/param')).toHaveLength(2);
  });

  it('tells families apart', () => {
    const figure = sizeLadder([family, { ...family, family: 'lost<1>', law: null, predictions: [] }], models, 0.9);
    const [first] = tracesNamed(figure, '100K tokens, none');
    const [second] = tracesNamed(figure, '100K tokens, lost&lt;1&gt;');
    expect([first.line.dash, second.marker.symbol]).toEqual(['dash', 'square']);
  });
});
