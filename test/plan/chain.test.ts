import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { Fit } from '../../src/fit/result.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { downstreamExponential, downstreamSigmoid } from '../../src/laws/downstream.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { predictChain } from '../../src/plan/chain.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { createRuns } from '../../src/runs/index.ts';
import { publishedFit } from '../../src/uncertainty/published.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { errorOf } from '../helpers/errors.ts';
import { fitHere } from '../helpers/refits.ts';

const truth = { a: -0.5, k: 4, L0: 2.8, b: 0.78 };
const sigmoid = (loss: number): number => truth.a / (1 + Math.exp(-truth.k * (loss - truth.L0))) + truth.b;

/** The two steps of a ladder: losses of the Chinchilla runs, and accuracies that follow a sigmoid of the loss. */
async function ladder(noise: number): Promise<{ first: Fit; second: Fit }> {
  const random = createRandom(3);
  const loss = Array.from({ length: 40 }, (_, i) => 2 + i / 20);
  const accuracy = loss.map((value) => sigmoid(value) + noise * random.normal());
  const { fit: first } = await fitHere(await chinchilla240());
  const runs = createRuns({ loss, accuracy });
  const { fit: second } = await fitHere(runs, { law: 'downstream-sigmoid', objective: 'mse' });
  return { first, second };
}

describe('a prediction in two steps', () => {
  it('is the second law at the loss of the first', async () => {
    const { first, second } = await ladder(0);
    expect(second.status).toBe('converged');
    const points = [{ params: 1e9, tokens: 2e10 }, { flops: 1e21 }];
    const chain = predictChain(first, second, points);
    const losses = predictPoints(first, points).points;
    expect(chain.response).toBe('accuracy');
    for (const [k, point] of chain.points.entries()) {
      const { value, valueInterval, valueOfNewRun, ...step } = point;
      expect(valueInterval?.[0]).toBeLessThanOrEqual(value);
      expect(valueOfNewRun?.[1]).toBeGreaterThanOrEqual(value);
      expect(step).toEqual(losses[k]);
      expect(value).toBeCloseTo(sigmoid(step.loss), 9);
    }
  });

  it('finds the accuracy behind noise', async () => {
    const { first, second } = await ladder(0.01);
    const [{ loss, value }] = predictChain(first, second, [{ params: 1e9, tokens: 2e10 }]).points;
    expect(Math.abs(value - sigmoid(loss))).toBeLessThan(0.01);
  });

  it('says when a loss lies outside the data of the second law', async () => {
    const { first, second } = await ladder(0);
    const messages = (point: { params: number; tokens: number }): string[] =>
      predictChain(first, second, [point]).warnings.map((warning) => `${warning.level}: ${warning.message}`);
    const inside = messages({ params: 1e9, tokens: 2e10 });
    expect(inside.filter((message) => message.includes('downstream-sigmoid'))).toEqual([]);
    expect(messages({ params: 70e9, tokens: 1.4e12 })).toContainEqual(
      'info: The loss of 1 of 1 points lies outside the data of downstream-sigmoid: 1.97 against 2 to 3.95.',
    );
    expect(messages({ params: 1e6, tokens: 1e7 }).some((message) => message.startsWith('warning: The loss'))).toBe(
      true,
    );
  });

  it('is refused where the laws do not follow on one another', async () => {
    const { first, second } = await ladder(0);
    expect(errorOf(() => predictChain(second, first, []))).toMatchObject({ code: 'OPTION_INVALID' });
    const error = publishedFit(downstreamExponential, {
      id: 'x',
      source: 'x',
      params: { epsilon: 0.85, k: 2, gamma: 0.75 },
      verified: false,
      note: '',
    });
    expect(predictChain(first, error, [{ params: 1e9, tokens: 2e10 }]).response).toBe('error');
    const message = errorOf(() => predictChain(error, second, [{ loss: 3 }])).message;
    expect(message).toContain('a law of error alone');
  });

  it('works with coefficients that have no data', () => {
    const first = publishedFit(chinchilla, chinchilla.published[1]);
    const second = publishedFit(downstreamSigmoid, { id: 'x', source: 'x', params: truth, verified: false, note: '' });
    const [point] = predictChain(first, second, [{ params: 70e9, tokens: 1.4e12 }]).points;
    expect(point.loss).toBeCloseTo(1.97388, 5);
    expect(point.value).toBeCloseTo(sigmoid(1.97388), 5);
    expect(point).toMatchObject({ interval: null, valueInterval: null, valueOfNewRun: null });
  });

  it('has intervals that hold the truth and a new model as often as they say', async () => {
    const designs = [3e7, 1e8, 3e8, 1e9, 3e9].flatMap((n) =>
      [5, 10, 20, 40, 80].map((ratio) => [n, ratio * n] as const),
    );
    const lossOf = (n: number, d: number): number => 1.8 + 480 / n ** 0.35 + 2100 / d ** 0.37;
    const noise = { loss: 0.01, accuracy: 0.015 };
    const repeats = 30;
    const held = { mean: 0, newRun: 0 };
    for (let seed = 0; seed < repeats; seed++) {
      const random = createRandom(5, seed);
      const loss = designs.map(([n, d]) => lossOf(n, d) * Math.exp(noise.loss * random.normal()));
      const accuracy = loss.map((value) => sigmoid(value) + noise.accuracy * random.normal());
      const columns = { params: designs.map(([n]) => n), tokens: designs.map(([, d]) => d), loss };
      const options = { covariance: 'classical' } as const;
      const { fit: first } = await fitHere(createRuns(columns), { ...options, objective: 'log-mse' });
      const steps = createRuns({ loss, accuracy });
      const { fit: second } = await fitHere(steps, { ...options, law: 'downstream-sigmoid', objective: 'mse' });
      const target = { params: 1e10, tokens: 2e11 };
      const [point] = predictChain(first, second, [target], { draws: 300, confidence: 0.9 }).points;
      const inside = (interval: readonly [number, number] | null, value: number): number =>
        interval !== null && value >= interval[0] && value <= interval[1] ? 1 : 0;
      const next = lossOf(1e10, 2e11);
      held.mean += inside(point.valueInterval, sigmoid(next));
      const run = sigmoid(next * Math.exp(noise.loss * random.normal())) + noise.accuracy * random.normal();
      held.newRun += inside(point.valueOfNewRun, run);
    }
    // Three standard deviations of a count of 30; 1,000 repeats gave 0.901 and 0.889.
    const within = 3 * Math.sqrt((0.9 * 0.1) / repeats);
    expect(Math.abs(held.mean / repeats - 0.9)).toBeLessThan(within);
    expect(Math.abs(held.newRun / repeats - 0.9)).toBeLessThan(within);
  });

  it('takes the loss from what backtests support where the first fit is calibrated', async () => {
    const calibrated = await loadFit('fits/chinchilla.json');
    const { second } = await ladder(0);
    const point = { params: 7e10, tokens: 1.4e12 };
    const width = (fit: Fit): number => {
      const [{ valueOfNewRun }] = predictChain(fit, second, [point]).points;
      return (valueOfNewRun?.[1] ?? NaN) - (valueOfNewRun?.[0] ?? NaN);
    };
    const { newRun } = predictPoints(calibrated, [point]).points[0].calibrated ?? { newRun: [NaN, NaN] };
    const step = Math.abs(sigmoid(newRun[1]) - sigmoid(newRun[0]));
    // The second step has no errors here, so its interval is that of the loss, seen through it.
    expect(width(calibrated) / step).toBeCloseTo(1, 1.5);
    expect(width({ ...calibrated, calibration: null }) / step).toBeLessThan(0.8);
  });
});
