import { describe, expect, it } from 'vitest';
import {
  compareGaps,
  computeExponent,
  computeScale,
  criticalBatchAt,
  earlyStoppingSteps,
  efficientRun,
  excessCompute,
  kaplanConstants,
  kaplanConstantsOf,
  minFlopsToLoss,
  stepsRatio,
  toMinFlops,
  toMinSteps,
  type KaplanConstants,
} from '../../src/plan/kaplan.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { errorOf } from '../helpers/errors.ts';

/** Constants unlike the published ones, so that no exponent can stand in for another. */
const others: KaplanConstants = { alphaN: 0.31, alphaS: 0.52, alphaB: 0.43, Nc: 3e9, Sc: 900, Bstar: 5e6 };

describe('numbers of the paper', () => {
  it('gives the ratios of its sections 5 and 6 and appendix B', () => {
    expect(computeExponent(kaplanConstants)).toBeCloseTo(0.05245, 5);
    expect(excessCompute(kaplanConstants, 0.6)).toBeCloseTo(1.165, 3);
    expect(excessCompute(kaplanConstants, 2.2)).toBeCloseTo(1.204, 3);
    expect(stepsRatio(kaplanConstants, 2.2)).toBeCloseTo(0.547, 3);
    const ratios = compareGaps(kaplanConstants, 0.077 / 0.76, 0.02);
    expect(ratios.params).toBeCloseTo(2.708, 3);
    expect(ratios.steps).toBeCloseTo(0.131, 3);
    expect(criticalBatchAt(kaplanConstants, 3) / 1.12e6).toBeCloseTo(1, 2);
  });

  it('has the constants of the published laws', () => {
    const { A, G, alphaN, alphaS } = findLaw('kaplan-steps').published[0].params;
    const { Bstar, alphaB } = findLaw('critical-batch').published[0].params;
    const found = kaplanConstantsOf({ A, G, Bstar, alphaN, alphaS, alphaB });
    for (const [name, value] of Object.entries(kaplanConstants))
      expect(found[name as keyof KaplanConstants] / value, name).toBeCloseTo(1, 10);
  });
});

describe.each([
  ['the published constants', kaplanConstants, 1e22],
  ['other constants', others, 1e17],
] as const)('with %s', (_, constants, minFlops) => {
  const { alphaN, alphaS, Nc, Sc } = constants;
  const run = efficientRun(constants, minFlops);
  const at = (params: number, minSteps: number): number => (Nc / params) ** alphaN + (Sc / minSteps) ** alphaS;

  it('trains the best model of a budget', () => {
    expect(at(run.params, run.minSteps) / run.loss).toBeCloseTo(1, 12);
    expect((6 * run.params * run.minTokens) / minFlops).toBeCloseTo(1, 12);
    expect((computeScale(constants) / minFlops) ** computeExponent(constants) / run.loss).toBeCloseTo(1, 12);
    expect(run.loss / (Nc / run.params) ** alphaN - 1).toBeCloseTo(alphaN / alphaS, 12);
    expect(minFlopsToLoss(constants, run.params, run.loss) / minFlops).toBeCloseTo(1, 12);
    for (const ratio of [0.97, 1.03])
      expect(minFlopsToLoss(constants, ratio * run.params, run.loss)).toBeGreaterThan(minFlops);
  });

  it('says what other sizes cost', () => {
    for (const ratio of [0.6, 0.9, 1, 1.5, 10]) {
      const flops = minFlopsToLoss(constants, ratio * run.params, run.loss);
      expect(excessCompute(constants, ratio) / (flops / minFlops)).toBeCloseTo(1, 10);
      const left = run.loss - (Nc / (ratio * run.params)) ** alphaN;
      const steps = Sc * left ** (-1 / alphaS);
      expect(stepsRatio(constants, ratio) / (steps / run.minSteps)).toBeCloseTo(1, 10);
    }
    expect(excessCompute(constants, 1e-3)).toBe(Infinity);
    expect(minFlopsToLoss(constants, 1e-3 * run.params, run.loss)).toBe(Infinity);
  });

  it('compares two gaps above the converged loss', () => {
    const stopped = (gap: number) => {
      const params = Nc * ((1 + gap) / run.loss) ** (1 / alphaN);
      return { params, steps: Sc * (run.loss - (Nc / params) ** alphaN) ** (-1 / alphaS) };
    };
    const [few, many] = [stopped(0.15), stopped(0.04)];
    const ratios = compareGaps(constants, 0.15, 0.04);
    expect(ratios.params / (few.params / many.params)).toBeCloseTo(1, 10);
    expect(ratios.steps / (few.steps / many.steps)).toBeCloseTo(1, 10);
  });

  it('takes twice as much of everything at the critical batch size', () => {
    const { steps, tokens, flops } = run.atCriticalBatch;
    expect(toMinSteps(steps, run.criticalBatch, run.criticalBatch) / run.minSteps).toBeCloseTo(1, 12);
    expect(toMinFlops(flops, run.criticalBatch, run.criticalBatch) / minFlops).toBeCloseTo(1, 12);
    expect((6 * run.params * tokens) / flops).toBeCloseTo(1, 12);
    const params = {
      A: Nc ** alphaN,
      G: Sc ** alphaS,
      Bstar: constants.Bstar,
      alphaN,
      alphaS,
      alphaB: constants.alphaB,
    };
    const inputs = { params: [run.params], steps: [steps], batchSize: [run.criticalBatch] };
    expect(evaluateLaw(findLaw('trajectory'), params, inputs)[0] / run.loss).toBeCloseTo(1, 12);
  });

  it('bounds the steps of early stopping', () => {
    const steps = earlyStoppingSteps(constants, 3.1, 3);
    expect((Sc / steps) ** alphaS).toBeCloseTo(0.1, 12);
  });
});

it('refuses values that are not positive', () => {
  expect(errorOf(() => efficientRun(kaplanConstants, 0)).code).toBe('QUANTITY_NOT_POSITIVE');
  expect(errorOf(() => criticalBatchAt(kaplanConstants, -1)).code).toBe('QUANTITY_NOT_POSITIVE');
  expect(errorOf(() => excessCompute(kaplanConstants, NaN)).code).toBe('QUANTITY_NOT_POSITIVE');
  expect(errorOf(() => earlyStoppingSteps(kaplanConstants, 3, 3.1)).code).toBe('QUANTITY_NOT_POSITIVE');
  expect(errorOf(() => toMinSteps(1, 0, 1)).code).toBe('QUANTITY_NOT_POSITIVE');
  expect(errorOf(() => kaplanConstantsOf({ A: 1 })).code).toBe('QUANTITY_NOT_POSITIVE');
});
