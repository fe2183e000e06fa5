import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { effectiveParams, precision, publishedSensitivities } from '../../src/laws/precision.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';

describe('effectiveParams', () => {
  it('has the shares of parameters that the published sensitivities give', () => {
    expect(effectiveParams(1, { weightBits: 4 })).toBeCloseTo(0.7759, 4);
    expect(effectiveParams(1, { weightBits: 8 })).toBeCloseTo(0.9498, 4);
  });

  it('multiplies the shares of weights, activations and cache, and leaves full precision alone', () => {
    const each = [{ weightBits: 4 }, { activationBits: 6 }, { cacheBits: 3 }].map((bits) => effectiveParams(1, bits));
    const all = effectiveParams(2e9, { weightBits: 4, activationBits: 6, cacheBits: 3 });
    expect(all).toBeCloseTo(2e9 * each[0] * each[1] * each[2], 3);
    expect(effectiveParams(3e9, {})).toBe(3e9);
  });

  it('takes other sensitivities', () => {
    expect(effectiveParams(1, { weightBits: 2 }, { gammaW: 2, gammaA: 1, gammaKV: 1 })).toBeCloseTo(
      1 - Math.exp(-1),
      14,
    );
  });
});

describe('precision', () => {
  const { params } = lawCases.precision;

  it('is chinchilla at the effective parameters', () => {
    const bits = { weightBits: 4, activationBits: 6, cacheBits: 3 };
    const [inBits] = evaluateLaw(
      precision,
      { ...params, ...publishedSensitivities },
      { params: [1e9], tokens: [2e10], weightBits: [4], activationBits: [6], cacheBits: [3] },
    );
    const [plain] = evaluateLaw(chinchilla, params, { params: [effectiveParams(1e9, bits)], tokens: [2e10] });
    expect(inBits).toBeCloseTo(plain, 12);
  });

  it('says so where the bits do not vary and nothing tells A from the sensitivities', () => {
    const same = { weightBits: [4, 4], activationBits: [6, 6], cacheBits: [3, 3] } as const;
    const entry = { ...lawCases.precision, inputs: { ...lawCases.precision.inputs, ...same } };
    const runs = drawRuns(precision, entry, { rows: 80, seed: 3, noise: 0.001 });
    const fit = fitLaw(precision, runs, { objective: 'log-mse' });
    expect(fit.status).not.toBe('converged');
    const { gammaW, gammaA, gammaKV } = params;
    const held = fitLaw(precision, runs, { objective: 'log-mse', fixed: { gammaW, gammaA, gammaKV } });
    expect(held.status).toBe('converged');
    expect(Math.abs(toParams(precision, held.theta).alpha / params.alpha - 1)).toBeLessThan(0.1);
  });
});
