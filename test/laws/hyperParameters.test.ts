import { describe, expect, it } from 'vitest';
import {
  batchOfFlops,
  learningRateOfFlops,
  stepLawBatch,
  stepLawLearningRate,
} from '../../src/laws/hyperParameters.ts';
import { evaluateLaw, toParams, type Law } from '../../src/laws/law.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { createRuns, nearOptimal } from '../../src/runs/index.ts';

/** What a law's published set of that id gives. */
const at = (law: Law, id: string, inputs: Readonly<Record<string, readonly number[]>>): number => {
  const fit = law.published.find((candidate) => candidate.id === id);
  return evaluateLaw(law, fit?.params ?? {}, inputs)[0];
};

describe('published laws of learning rate and batch', () => {
  it('of Step Law, rounded, give 1.632e-3 and 1.108e6 tokens at 1B parameters and 100B tokens', () => {
    expect(at(stepLawLearningRate, 'step-law-2025', { params: [1e9], tokens: [1e11] })).toBeCloseTo(1.632e-3, 6);
    expect(at(stepLawBatch, 'step-law-2025', { tokens: [1e11] }) / 1.108e6).toBeCloseTo(1, 3);
  });

  it('of Step Law, medians, differ from the rounded ones by 2% at most', () => {
    const inputs = { params: [1e9], tokens: [1e11] };
    for (const law of [stepLawLearningRate, stepLawBatch]) {
      const ratio = at(law, 'step-law-2025-medians', inputs) / at(law, 'step-law-2025', inputs);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
    }
  });

  it('of DeepSeek give 9.86e-4 and 1.017e6 tokens at 1e20 FLOP', () => {
    expect(at(learningRateOfFlops, 'deepseek-2024', { flops: [1e20] })).toBeCloseTo(9.86e-4, 6);
    expect(at(batchOfFlops, 'deepseek-2024', { flops: [1e20] }) / 1.017e6).toBeCloseTo(1, 3);
  });
});

it('Step Law is found again from the near-optimal runs of a sweep', () => {
  const rows = [1e8, 2e8, 4e8, 8e8].flatMap((params) =>
    [4e9, 2e10, 1e11].flatMap((tokens) =>
      Array.from({ length: 15 }, (_, k) => {
        // A grid of learning rates by factors of 2^(1/4) around the optimum; the loss is a parabola in the logarithm.
        const best = 1.79 * params ** -0.713 * tokens ** 0.307;
        const off = (Math.log(2) / 4) * (k - 7);
        return { params, tokens, learningRate: best * Math.exp(off), loss: 2.5 + 0.02 * off * off };
      }),
    ),
  );
  const column = (name: keyof (typeof rows)[number]): number[] => rows.map((row) => row[name]);
  const sweep = createRuns({
    params: column('params'),
    tokens: column('tokens'),
    learningRate: column('learningRate'),
    loss: column('loss'),
  });
  const kept = nearOptimal(sweep, { within: 0.0025 });
  // Of 2.5 a quarter of a percent is 0.00625, so the learning rates up to exp(0.559) off are kept: three steps to each side.
  expect(kept.rows).toBe(12 * 7);
  const found = toParams(stepLawLearningRate, fitLaw(stepLawLearningRate, kept, { objective: 'log-mse' }).theta);
  expect(found.A).toBeCloseTo(1.79, 8);
  expect(found.alpha).toBeCloseTo(-0.713, 10);
  expect(found.beta).toBeCloseTo(0.307, 10);
});
