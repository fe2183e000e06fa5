import { describe, expect, it } from 'vitest';
import { createWarning } from '../../src/core/warnings.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { allocationToJson, fitToJson, predictionToJson } from '../../src/report/json.ts';
import { besiroglu, bootstrappedFit, chinchillaFit, flopsFit } from '../plots/exampleFit.ts';

/** What a script reads: the text that is printed, parsed again. */
const printed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('fit --json', () => {
  it('has everything the contract names, with the numbers of the fit', () => {
    const warning = createWarning('FEW_SIZES', 'Only 3 different values of params.');
    const fit = bootstrappedFit();
    const data = { ...fit.data, rows: 50, dropped: [{ rows: 5, why: '--where loss < 4' }] };
    expect(printed(fitToJson({ ...fit, warnings: [warning], data }))).toMatchObject({
      law: 'chinchilla',
      status: 'converged',
      points: 45,
      objective: { name: 'log-huber', delta: 0.001, value: 0.0010182740178 },
      params: {
        E: { value: besiroglu.E, stderr: 0.02566, interval: [besiroglu.E - 0.05132, besiroglu.E + 0.05132] },
        A: { value: besiroglu.A },
        B: { value: besiroglu.B },
        alpha: { value: besiroglu.alpha },
        beta: { value: besiroglu.beta },
      },
      optimum: {
        paramsExponent: expect.closeTo(0.5139, 4) as number,
        tokensExponent: expect.closeTo(0.4861, 4) as number,
      },
      seeds: { tried: 12, reached: 11 },
      condition: 1.2e6,
      gradientNorm: 1e-12,
      bootstrap: { resamples: 202, seed: 4, group: 'run', certified: 200 },
      warnings: [{ code: 'FEW_SIZES', level: 'warning', message: warning.message, remedy: warning.remedy }],
      data: {
        source: 'chinchilla.csv',
        sha256: 'ab'.repeat(32),
        rows: 50,
        used: 45,
        dropped: [{ rows: 5, why: '--where loss < 4' }],
      },
      timing: { fitMs: 3.1, bootstrapMs: 410 },
      version: '0.1.0',
    });
  });

  it('carries neither draws nor rows nor the covariance matrix', () => {
    const text = JSON.stringify(fitToJson(bootstrappedFit()));
    expect(text).not.toContain('draws');
    expect(text).not.toContain('matrix');
    expect(text).not.toContain('run-0');
    expect(text.length).toBeLessThan(3000);
  });

  it('says null where there is no number', () => {
    const fit = chinchillaFit({
      gradientNorm: NaN,
      condition: null,
      covariance: { kind: 'sandwich', matrix: null, degreesOfFreedom: Infinity },
    });
    const B = { value: NaN, stderr: Infinity, interval: [1, Infinity] as const, state: 'off' as const };
    const json = printed(fitToJson({ ...fit, params: { ...fit.params, B } }));
    expect(json).toMatchObject({
      params: { B: { value: null, stderr: null, interval: null, state: 'off' } },
      gradientNorm: null,
      condition: null,
      bootstrap: null,
      covariance: { kind: 'sandwich', degreesOfFreedom: null },
    });
  });
});

describe('predict --json', () => {
  it('gives each point with its interval and its distance from the data', () => {
    const fit = chinchillaFit();
    const json = printed(predictionToJson(predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }])));
    const loss = 1.817218 + 477.826 / 70e9 ** 0.3473105 + 2143.417 / 1.4e12 ** 0.3671724;
    expect(json).toEqual({
      points: [
        {
          params: 70e9,
          tokens: 1.4e12,
          flops: 5.88e23,
          loss: expect.closeTo(loss, 10) as number,
          interval: [expect.any(Number), expect.any(Number)],
          extrapolation: {
            flops: expect.closeTo(588, 6) as number,
            params: expect.any(Number) as number,
            tokens: expect.any(Number) as number,
          },
          calibrated: null,
        },
      ],
      warnings: [expect.objectContaining({ code: 'EXTRAPOLATION' })],
    });
  });

  it('says null for an interval that is not finite and for what a law of one input does not know', () => {
    const json = predictionToJson({
      response: 'loss',
      points: [
        {
          params: null,
          tokens: null,
          flops: 1e22,
          inputs: {},
          loss: 2.1,
          interval: [NaN, 2.3],
          extrapolation: { params: null, tokens: null, flops: 10 },
          calibrated: null,
        },
      ],
      warnings: [],
    });
    expect(json.points[0]).toMatchObject({ params: null, tokens: null, interval: null });
    expect(predictionToJson(predictPoints(flopsFit(), [{ flops: 1e22 }])).points[0].interval).toBeNull();
  });
});

it('allocate --json is the allocation with its intervals', () => {
  const fit = chinchillaFit();
  const plan = allocate(fit, 5.76e23);
  const json = printed(allocationToJson(plan)) as typeof plan;
  expect(json).toEqual(plan);
  expect(json.params).toBeCloseTo(7.32e10, -8);
  expect(json.tokensPerParam).toBeCloseTo(17.9, 1);
  const none = allocationToJson({ ...plan, intervals: { ...plan.intervals, loss: [NaN, 2] } });
  expect(none.intervals.loss).toBeNull();
  expect(none.intervals.params).toEqual(plan.intervals.params);
});
