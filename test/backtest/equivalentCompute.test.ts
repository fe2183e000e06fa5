import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeFactor, equivalentCompute } from '../../src/backtest/equivalentCompute.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw, toCoordinates } from '../../src/laws/law.ts';

const chinchilla = findLaw('chinchilla');
const params = { E: 1.8172, A: 477.8, B: 2143, alpha: 0.3473, beta: 0.3672 };
const gamma = (params.alpha * params.beta) / (params.alpha + params.beta);
const theta = toCoordinates(chinchilla, params);

it('is the reducible loss to the power 1 / gamma, anywhere in the plane', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 15, max: 26, noNaN: true }),
      fc.double({ min: 18, max: 30, noNaN: true }),
      fc.double({ min: -0.02, max: 0.02, noNaN: true }),
      (logN, logD, error) => {
        const inputs = { params: [Math.exp(logN)], tokens: [Math.exp(logD)] };
        const [predicted] = evaluateLaw(chinchilla, params, inputs);
        const observed = predicted * Math.exp(error);
        fc.pre(observed > params.E + 1e-3);
        const expected = Math.log((predicted - params.E) / (observed - params.E)) / gamma;
        fc.pre(Math.abs(expected) < 25);
        expect(equivalentCompute(chinchilla, theta, inputs, [observed])?.[0]).toBeCloseTo(expected, 9);
      },
    ),
  );
});

it('reads compute off a law of compute', () => {
  const law = findLaw('flops');
  const values = Object.fromEntries(law.params.map(({ name }, k) => [name, k === 0 ? 100 : 0.05]));
  const loss = evaluateLaw(law, values, { flops: [3e21] });
  const [found] = equivalentCompute(law, toCoordinates(law, values), { flops: [1e21] }, loss) ?? [];
  expect(Math.exp(found)).toBeCloseTo(3, 9);
});

it('follows the searched optimum of a law that has no closed form of it', () => {
  const { allocation, ...searched } = chinchilla;
  expect(allocation).toBeDefined();
  const inputs = { params: [1e9, 7e10], tokens: [2e10, 1e12] };
  const observed = evaluateLaw(chinchilla, params, inputs).map((loss) => 0.99 * loss);
  const closed = equivalentCompute(chinchilla, theta, inputs, observed) ?? [];
  const found = equivalentCompute(searched, theta, inputs, observed) ?? [];
  for (const k of [0, 1]) expect(found[k]).toBeCloseTo(closed[k], 6);
});

it('measures the gap of a coupled law on its own path', () => {
  const law = findLaw('skaling');
  const [{ params: values }] = law.published;
  const inputs = { params: [1e9], tokens: [2e10] };
  const [predicted] = evaluateLaw(law, values, inputs);
  const rate = (values.k * values.alpha * values.beta) / (values.alpha + values.beta);
  const [found] = equivalentCompute(law, toCoordinates(law, values), inputs, [predicted * 0.99]) ?? [];
  expect(found).toBeCloseTo(Math.log((predicted - values.E) / (0.99 * predicted - values.E)) / rate, 9);
});

it('is infinite where no compute reaches the loss, and null for laws without a path', () => {
  const inputs = { params: [1e9, 1e9], tokens: [2e10, 2e10] };
  const [below, above] = equivalentCompute(chinchilla, theta, inputs, [1.8, 500]) ?? [];
  expect(below).toBe(Infinity);
  expect(above).toBe(-Infinity);
  const tokens = findLaw('tokens-irreducible');
  expect(equivalentCompute(tokens, new Float64Array(3), { tokens: [1e9] }, [3])).toBeNull();
  const flat = toCoordinates(chinchilla, { ...params, B: 0 });
  expect(equivalentCompute(chinchilla, flat, inputs, [2, 2])).toBeNull();
});

it('sums up many runs by the size of the middle one', () => {
  expect(computeFactor(Float64Array.of(Math.log(2), -Math.log(3), Infinity))).toBeCloseTo(3, 12);
  expect(computeFactor(Float64Array.of(Infinity, -Infinity, 0))).toBeNull();
  expect(computeFactor(null)).toBeNull();
});
