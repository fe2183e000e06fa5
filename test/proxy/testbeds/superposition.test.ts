import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import {
  drawExamples,
  featureProbabilities,
  superpositionDefaults,
  superpositionLoss,
  superpositionTruth,
  trainSuperposition,
  weakSuperpositionLoss,
  type SuperpositionWeights,
} from '../../../src/proxy/testbeds/superposition.ts';

const bed = { ...superpositionDefaults, features: 200, steps: 300, batch: 64 };

describe('a model in superposition', () => {
  it('has the gradient of its loss', () => {
    const [n, m] = [12, 3];
    const random = createRandom(1);
    const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => 0.5 * random.normal());
    const weights: SuperpositionWeights = { vectors: draw(n * m), bias: draw(n) };
    const examples = drawExamples(featureProbabilities({ ...bed, features: n, active: 2 }), 20, random);
    const gradient = { vectors: new Float64Array(n * m), bias: new Float64Array(n) };
    superpositionLoss(weights, m, examples, gradient);
    const h = 1e-6;
    for (const part of ['vectors', 'bias'] as const)
      for (const [k, expected] of gradient[part].entries()) {
        const moved = (by: number): number =>
          superpositionLoss({ ...weights, [part]: weights[part].map((x, j) => (j === k ? x + by : x)) }, m, examples);
        expect((moved(h) - moved(-h)) / (2 * h)).toBeCloseTo(expected, 6);
      }
  });

  it('gets features as often as they should be on, uniform between 0 and 2', () => {
    const probabilities = featureProbabilities({ ...bed, features: 50, active: 2 });
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(2, 12);
    const { columns, values, starts } = drawExamples(probabilities, 20_000, createRandom(2));
    const counts = new Float64Array(50);
    for (const column of columns) counts[column]++;
    for (const [i, p] of probabilities.entries())
      expect(Math.abs(counts[i] / 20_000 - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / 20_000));
    expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(1, 1);
    expect(starts[20_000]).toBe(columns.length);
    // The most frequent feature may always be on.
    expect(drawExamples(Float64Array.of(1), 5, createRandom(0)).columns).toHaveLength(5);
  });

  it('keeps all features with negative weight decay, and its loss falls about as 1/width', () => {
    const found = [4, 8, 16].map((width) => trainSuperposition(bed, width, 0));
    expect(superpositionTruth(bed)).toEqual({ regime: 'strong', exponent: 1 });
    for (const { represented } of found) expect(represented).toBeGreaterThan(0.95);
    // The law holds for widths far below the features; here the widest has a twelfth of them.
    const slope = Math.log(found[0].loss / found[2].loss) / Math.log(4);
    expect(Math.abs(slope - 1)).toBeLessThan(0.25);
  });

  it('keeps the most frequent with positive weight decay, near the loss of the ideal', () => {
    const weak = { ...bed, decay: 1, frequency: 1.8, steps: 1000 };
    const found = [4, 16].map((width) => trainSuperposition(weak, width, 0));
    for (const { width, loss, represented } of found) {
      expect(represented).toBeLessThan(0.15);
      expect(Math.abs(Math.log(loss / weakSuperpositionLoss(weak, width)))).toBeLessThan(Math.log(1.4));
    }
    const slope = Math.log(found[0].loss / found[1].loss) / Math.log(4);
    const ideal = Math.log(weakSuperpositionLoss(weak, 4) / weakSuperpositionLoss(weak, 16)) / Math.log(4);
    expect(Math.abs(slope - ideal)).toBeLessThan(0.2);
  });

  it('has an ideal whose exponent is that of the truth where there are far more features than dimensions', () => {
    const many = { ...bed, features: 400_000, frequency: 1.8, decay: 1 };
    const slope = Math.log2(weakSuperpositionLoss(many, 200) / weakSuperpositionLoss(many, 400));
    // What 400,000 features still lack of all of them, and squares of probabilities.
    expect(Math.abs(slope - superpositionTruth(many).exponent)).toBeLessThan(0.01);
  });

  it('is the same on every run with the same seed', () => {
    const quick = { ...bed, features: 40, steps: 20 };
    const [a, b, c] = [0, 0, 1].map((seed) => trainSuperposition(quick, 3, seed));
    expect(a).toEqual(b);
    expect(a.loss).not.toBe(c.loss);
  });
});
