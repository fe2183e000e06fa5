import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { findLaw, laws } from '../../src/laws/index.ts';
import { params as paramsInput, tokens as tokensInput } from '../../src/laws/inputs.ts';
import { defineLaw, evaluateLaw, toCoordinates, toParams, type Law } from '../../src/laws/law.ts';
import { definePowerSum } from '../../src/laws/powerSum.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { errorOf } from '../helpers/errors.ts';
import { difference } from '../helpers/lawChecks.ts';
import { directFormulas, scatter, syntheticRuns, typicalParams } from '../helpers/laws.ts';

const rows = 7;

/** Points at which derivatives are checked, by what is special about them, in fitted coordinates. */
function pointsOf(law: Law): { name: string; theta: Float64Array }[] {
  const random = createRandom(11, law.id.length);
  const draw = (): Float64Array =>
    Float64Array.from(law.params, (p) => (p.transform === 'log' ? 2 * random.normal() : 3 * random.next()));
  const withExponents = (value: number): Float64Array =>
    draw().map((x, k) => (law.params[k].transform === 'identity' ? value : x));
  const withFirst = (value: number): Float64Array => draw().map((x, k) => (k === 0 ? value : x));
  const amplitudes = (value: number): Float64Array =>
    draw().map((x, k) => (law.params[k].transform === 'log' ? x + value : x));
  return [
    ...Array.from({ length: 4 }, (_, k) => ({ name: `at random point ${String(k)}`, theta: draw() })),
    { name: 'where the first coordinate is -50', theta: withFirst(-50) },
    { name: 'where the exponents are 0', theta: withExponents(0) },
    { name: 'where the exponents are 6', theta: withExponents(6) },
    { name: 'where every term is near exp(800)', theta: amplitudes(800) },
    { name: 'where every term is near exp(-800)', theta: amplitudes(-800) },
    { name: 'where the first term alone is near exp(800)', theta: withFirst(800) },
  ];
}

const logInputsOf = (law: Law): Float64Array[] => {
  const random = createRandom(5, law.inputs.length);
  return law.inputs.map(() => Float64Array.from({ length: rows }, () => 3 * random.normal()));
};

const evaluate = (law: Law, theta: Float64Array, x: Float64Array[]): { f: Float64Array; jacobian: Float64Array } => {
  const f = new Float64Array(rows);
  const jacobian = new Float64Array(rows * law.params.length);
  law.evaluate(theta, x, rows, f, jacobian);
  return { f, jacobian };
};

/** Sums of power laws of N, D and C, whose value is a logarithm and whose terms may be off. All laws: everyLaw.test.ts. */
const powerSums = laws.filter((law) => Object.hasOwn(typicalParams, law.id));

describe.each(powerSums.map((law) => [law.id, law] as const))('law %s', (id, law) => {
  const p = law.params.length;
  const x = logInputsOf(law);

  it.each(pointsOf(law).map(({ name, theta }) => [name, theta] as const))('has exact derivatives %s', (_, theta) => {
    const { jacobian } = evaluate(law, theta, x);
    const coefficient = Float64Array.from({ length: rows }, (_unused, i) => [0, 1, -2, 0.5, 3, -0.1, 7][i]);
    const hessian = new Float64Array(p * p);
    law.curvature(theta, x, rows, jacobian, coefficient, hessian);
    for (let k = 0; k < p; k++) {
      const moved = (t: number) =>
        evaluate(
          law,
          Float64Array.from(theta, (v, j) => (j === k ? v + t : v)),
          x,
        );
      const gradient = difference((t) => moved(t).f, 1e-3);
      for (let i = 0; i < rows; i++) expect(Math.abs(jacobian[i * p + k] - gradient[i])).toBeLessThan(1e-7);
      const second = difference((t) => moved(t).jacobian, 1e-3);
      for (let j = k; j < p; j++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += coefficient[i] * second[i * p + j];
        expect(Math.abs(hessian[j * p + k] - sum)).toBeLessThan(1e-7);
      }
    }
  });

  it('adds to the Hessian it is given and leaves the upper triangle alone', () => {
    const theta = pointsOf(law)[0].theta;
    const { jacobian } = evaluate(law, theta, x);
    const ones = new Float64Array(rows).fill(1);
    const once = new Float64Array(p * p);
    law.curvature(theta, x, rows, jacobian, ones, once);
    const again = new Float64Array(p * p).fill(5);
    law.curvature(theta, x, rows, jacobian, ones, again);
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) expect(again[i * p + j]).toBeCloseTo(j <= i ? 5 + once[i * p + j] : 5, 12);
  });

  it('stays finite, and has no gradient in a term that is off', () => {
    for (const [k, param] of law.params.entries()) {
      if (param.transform === 'identity' || p === 2) continue;
      const theta = pointsOf(law)[0].theta.map((v, j) => (j === k ? -Infinity : v));
      const { f, jacobian } = evaluate(law, theta, x);
      expect(f.every(Number.isFinite)).toBe(true);
      expect(jacobian.every(Number.isFinite)).toBe(true);
      for (let i = 0; i < rows; i++) expect(jacobian[i * p + k]).toBe(0);
    }
  });

  it('gives the loss of the formula written out', () => {
    const columns = scatter(50, 3);
    const values = typicalParams[id];
    const loss = evaluateLaw(law, values, columns);
    for (let i = 0; i < 50; i++) {
      const direct = directFormulas[id](
        { ...values },
        { params: columns.params[i], tokens: columns.tokens[i], flops: columns.flops[i] },
      );
      expect(loss[i] / direct).toBeCloseTo(1, 12);
    }
  });

  it('is the sum of its separable terms', () => {
    const values = typicalParams[id];
    const columns: Record<string, number[]> = { ...scatter(20, 4) };
    const loss = evaluateLaw(law, values, columns);
    for (let i = 0; i < 20; i++) {
      let sum = 0;
      for (const { amplitude, power } of law.separable ?? [])
        sum += values[amplitude] * (power === undefined ? 1 : columns[power.input][i] ** -values[power.exponent]);
      expect(loss[i] / sum).toBeCloseTo(1, 12);
    }
    const amplitudes = (law.separable ?? []).map((term) => term.amplitude);
    expect(amplitudes).toEqual(law.params.filter((q) => q.transform === 'log').map((q) => q.name));
  });

  it('has shears that undo a shift of the log inputs', () => {
    const theta = pointsOf(law)[1].theta;
    const shift = law.inputs.map((_, k) => 20 + k);
    const moved = x.map((column, k) => column.map((value) => value + shift[k]));
    const sheared = theta.slice();
    const at = (name: string): number => law.params.findIndex((q) => q.name === name);
    for (const { amplitude, exponent, input } of law.shears)
      sheared[at(amplitude)] += theta[at(exponent)] * shift[law.inputs.findIndex((k) => k.name === input)];
    const [f, g] = [evaluate(law, theta, x).f, evaluate(law, sheared, moved).f];
    for (let i = 0; i < rows; i++) expect(g[i]).toBeCloseTo(f[i], 10);
  });

  it('goes to coordinates and back', () => {
    const back = toParams(law, toCoordinates(law, typicalParams[id]));
    for (const [name, value] of Object.entries(typicalParams[id])) expect(back[name] / value).toBeCloseTo(1, 14);
  });

  it('recovers its parameters from losses without noise', () => {
    for (const objective of ['log-huber', 'log-mse', 'huber', 'mse']) {
      const fit = fitLaw(law, syntheticRuns(law, typicalParams[id], { rows: 60, seed: 21 }), { objective });
      expect(fit.status).toBe('converged');
      const found = toParams(law, fit.theta);
      for (const [name, value] of Object.entries(typicalParams[id]))
        expect(Math.abs(found[name] / value - 1), `${objective} ${name}`).toBeLessThan(1e-6);
    }
  });

  it('recovers its parameters from losses with 1% noise within four standard errors', () => {
    const runs = syntheticRuns(law, typicalParams[id], { rows: 400, seed: 31, noise: 0.01 });
    const fit = fitLaw(law, runs, { objective: 'log-mse' });
    expect(fit.status).toBe('converged');
    const { matrix } = estimateCovariance(fit, groupRows(fit), 'sandwich');
    const truth = toCoordinates(law, typicalParams[id]);
    let distance = 0;
    for (const [k, name] of law.params.map((q) => q.name).entries()) {
      const error = Math.sqrt(matrix?.[k * p + k] ?? NaN);
      expect(Math.abs(fit.theta[k] - truth[k]) / error, name).toBeLessThan(4);
      expect(error, name).toBeLessThan(1);
      distance += Math.abs(fit.theta[k] - truth[k]) / error;
    }
    // An error of zero everywhere would mean that the noise did not reach the fit.
    expect(distance).toBeGreaterThan(0.01);
  });

  it('has complete, finite, positive published coefficients inside the bounds', () => {
    for (const published of law.published) {
      expect(published.source).not.toBe('');
      for (const { name, bounds } of law.params) {
        expect(Number.isFinite(published.params[name])).toBe(true);
        expect(published.params[name]).toBeGreaterThan(bounds[0]);
        expect(published.params[name]).toBeLessThan(bounds[1]);
      }
      for (const error of Object.values(published.stderr ?? {})) expect(error).toBeGreaterThan(0);
    }
  });
});

describe('the two-term fast path', () => {
  // The general loop runs for three terms; with the third switched off it is the same law.
  const general = definePowerSum({
    id: 'three-terms',
    title: '',
    formula: '',
    reference: { title: '' },
    irreducible: true,
    terms: [
      { amplitude: 'A', exponent: 'alpha', input: paramsInput },
      { amplitude: 'B', exponent: 'beta', input: tokensInput },
      { amplitude: 'C', exponent: 'gamma', input: tokensInput },
    ],
    published: [],
  });
  const fast = findLaw('chinchilla');
  const x = logInputsOf(fast);
  const five = [0, 1, 2, 4, 5]; // E, A, B, alpha, beta among the seven of the general law

  it.each(pointsOf(fast).map(({ name, theta }) => [name, theta] as const))('equals the general path %s', (_, theta) => {
    const wide = Float64Array.of(theta[0], theta[1], theta[2], -Infinity, theta[3], theta[4], 0);
    const a = evaluate(fast, theta, x);
    const b = evaluate(general, wide, x);
    const coefficient = Float64Array.from({ length: rows }, (_unused, i) => i - 3);
    const [ha, hb] = [new Float64Array(25), new Float64Array(49)];
    fast.curvature(theta, x, rows, a.jacobian, coefficient, ha);
    general.curvature(wide, x, rows, b.jacobian, coefficient, hb);
    for (let i = 0; i < rows; i++) {
      expect(Math.abs(a.f[i] - b.f[i])).toBeLessThan(1e-12 * Math.max(1, Math.abs(b.f[i])));
      for (const [k, wideK] of five.entries())
        expect(Math.abs(a.jacobian[i * 5 + k] - b.jacobian[i * 7 + wideK])).toBeLessThan(1e-11);
    }
    for (const [j, wideJ] of five.entries())
      for (const [k, wideK] of five.slice(0, j + 1).entries())
        expect(Math.abs(ha[j * 5 + k] - hb[wideJ * 7 + wideK])).toBeLessThan(1e-10);
  });
});

describe('the table of laws', () => {
  it('has a typical case and a formula for each in these tests', () => {
    const ids = laws.map((law) => law.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(powerSums.map((law) => law.id).sort()).toEqual(Object.keys(typicalParams).sort());
  });

  it('names the nearest law to an unknown one', () => {
    expect(errorOf(() => findLaw('chinchila'))).toMatchObject({ code: 'LAW_UNKNOWN', exit: 2 });
    expect(() => findLaw('chinchila')).toThrow('Did you mean "chinchilla"?');
  });
});

describe('published coefficients', () => {
  const chinchilla = findLaw('chinchilla');
  const at = (params: Readonly<Record<string, number>>, n: number, d: number): number =>
    evaluateLaw(chinchilla, params, { params: [n], tokens: [d] })[0];
  const publishedFit = (id: string): Law['published'][number] => {
    const fit = chinchilla.published.find((candidate) => candidate.id === id);
    if (fit === undefined) throw new Error(`no published fit ${id}`);
    return fit;
  };

  it('of Hoffmann are the unrounded ones of arXiv 2404.10102', () => {
    const { params } = publishedFit('hoffmann-2022');
    expect(Math.log(params.A)).toBeCloseTo(6.0073404, 12);
    expect(Math.log(params.B)).toBeCloseTo(6.0179186, 12);
    expect(Math.log(params.E)).toBeCloseTo(0.5267228, 12);
    expect(params.alpha).toBe(0.33917084);
    expect(params.beta).toBe(0.2849083);
    // and they round to what the paper prints
    expect([params.A.toFixed(1), params.B.toFixed(1), params.E.toFixed(2)]).toEqual(['406.4', '410.7', '1.69']);
    expect([params.alpha.toFixed(2), params.beta.toFixed(2)]).toEqual(['0.34', '0.28']);
  });

  it('give the losses of the papers', () => {
    const rounded = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
    expect(at(rounded, 70e9, 1.4e12)).toBeCloseTo(1.93665, 5);
    expect(at(rounded, 280e9, 300e9)).toBeCloseTo(1.99326, 5);
    expect(at(publishedFit('besiroglu-2024').params, 70e9, 1.4e12)).toBeCloseTo(1.97388, 5);
  });

  it('of Besiroglu carry the standard errors of the paper', () => {
    const fit = publishedFit('besiroglu-2024');
    expect(fit.params).toEqual({ E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 });
    expect(fit.stderr).toEqual({ E: 0.026, A: 124.5, B: 1293.3, alpha: 0.015, beta: 0.021 });
  });
});

describe('defineLaw', () => {
  const good = findLaw('params');
  it.each([
    ['an id with capitals', { id: 'Params' }, 'lower-case'],
    [
      'two parameters of one name',
      { params: [good.params[0], good.params[0]], shears: [], separable: [] },
      'same name',
    ],
    ['a shear of an unknown parameter', { shears: [{ ...good.shears[0], amplitude: 'Z' }] }, 'unknown parameter'],
    ['a shear of an unknown input', { shears: [{ ...good.shears[0], input: 'tokens' }] }, 'unknown input'],
    ['a term of an unknown amplitude', { separable: [{ amplitude: 'Z', power: undefined }] }, 'unknown parameter'],
    [
      'a term of an unknown exponent',
      { separable: [{ amplitude: 'A', power: { exponent: 'z', input: 'params' } }] },
      'unknown exponent or input',
    ],
    [
      'published coefficients that are incomplete',
      { published: [{ id: 'x', source: 'x', params: { A: 1 }, verified: false, note: '' }] },
      'lacks alpha',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => defineLaw({ ...good, ...change })).toThrow(message);
  });

  it('freezes what it accepts', () => {
    expect(Object.isFrozen(defineLaw({ ...good }))).toBe(true);
  });
});
