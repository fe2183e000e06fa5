import { describe, expect, it } from 'vitest';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { findLaw } from '../../../src/laws/index.ts';
import { defineLaw, evaluateLaw, toCoordinates } from '../../../src/laws/law.ts';
import { LossCurve } from '../../../src/plan/compare/lossCurve.ts';
import { parsePath, type ComparePath } from '../../../src/plan/compare/path.ts';
import { errorOf } from '../../helpers/errors.ts';
import { lawCases } from '../../helpers/lawCases.ts';
import { truth } from '../../helpers/families.ts';

const theta = toCoordinates(chinchilla, truth);
const data = [Math.log(1e18), Math.log(1e21)] as const;
const at = (path: ComparePath, law = chinchilla, coordinates = theta): LossCurve => {
  const curve = LossCurve.create(law, coordinates, path, 6, data);
  if (curve === undefined) throw new Error('no curve');
  return curve;
};

describe('the loss along a path', () => {
  it('follows E + K / C^gamma on the frontier', () => {
    const { E, A, B, alpha, beta } = truth;
    const gamma = (alpha * beta) / (alpha + beta);
    // arXiv 2203.15556, section 3.3: N* = G (C/6)^a, D* = G^-1 (C/6)^b.
    const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
    const curve = at({ kind: 'frontier' });
    for (const flops of [1e17, 1e20, 3e24]) {
      const x = Math.log(flops);
      const loss = E + (A * G ** -alpha + B * G ** beta) * (flops / 6) ** -gamma;
      expect(curve.losses(Float64Array.of(x))[0]).toBeCloseTo(loss, 12);
      expect(curve.place.logParams(x)).toBeCloseTo(Math.log(G) + (beta / (alpha + beta)) * Math.log(flops / 6), 10);
    }
  });

  it('is the law at a fixed ratio, for fixed params and for fixed tokens', () => {
    const loss = (params: number, tokens: number): number =>
      evaluateLaw(chinchilla, truth, { params: [params], tokens: [tokens] })[0];
    const of = (path: ComparePath, value: number): number => at(path).losses(Float64Array.of(Math.log(value)))[0];
    expect(of({ kind: 'ratio', tokensPerParam: 20 }, 120 * 1e9 ** 2)).toBeCloseTo(loss(1e9, 2e10), 12);
    expect(of({ kind: 'tokens', logParams: Math.log(1e9) }, 3e10)).toBeCloseTo(loss(1e9, 3e10), 12);
    expect(of({ kind: 'params', logTokens: Math.log(3e10) }, 2e9)).toBeCloseTo(loss(2e9, 3e10), 12);
  });

  it.each([
    ['the frontier', chinchilla, { kind: 'frontier' }],
    ['a ratio', chinchilla, { kind: 'ratio', tokensPerParam: 20 }],
    ['the frontier of skaling', findLaw('skaling'), { kind: 'frontier' }],
    ['the frontier of kaplan', findLaw('kaplan'), { kind: 'frontier' }],
  ] as const)('comes back from the loss to the compute: %s', (_, law, path) => {
    const coordinates = law === chinchilla ? theta : toCoordinates(law, lawCases[law.id].params);
    const curve = at(path, law, coordinates);
    const x = Float64Array.from([1e18, 3.3e19, 1e21, 4e22], Math.log);
    const back = curve.reaching(curve.losses(x));
    for (const [k, value] of x.entries()) expect(back[k]).toBeCloseTo(value, 9);
  });

  it('is searched where the law has no closed form, as near as its interpolation', () => {
    const law = defineLaw({ ...chinchilla, allocation: undefined as never });
    const exact = at({ kind: 'frontier' });
    const searched = at({ kind: 'frontier' }, law);
    const x = Float64Array.from([1e18, 3.3e19, 1e21, 4e22], Math.log);
    const losses = exact.losses(x);
    for (const [k, loss] of searched.losses(x).entries()) expect(Math.abs(loss / losses[k] - 1)).toBeLessThan(1e-9);
  });

  it('says that a loss is out of reach', () => {
    const curve = at({ kind: 'frontier' });
    expect([...curve.reaching(Float64Array.of(1.69, 1.2, 1e9, NaN))]).toEqual([Infinity, Infinity, -Infinity, NaN]);
  });

  it('does not exist where the loss does not fall with params', () => {
    const flat = toCoordinates(chinchilla, { ...truth, A: 0 });
    expect(LossCurve.create(chinchilla, flat, { kind: 'frontier' }, 6, data)).toBeUndefined();
  });
});

describe('reading a path', () => {
  it('knows the frontier, ratios and the only input', () => {
    expect(parsePath(undefined, chinchilla)).toEqual({ kind: 'frontier' });
    expect(parsePath('tokens-per-param=20', chinchilla)).toEqual({ kind: 'ratio', tokensPerParam: 20 });
    expect(parsePath(undefined, findLaw('tokens'))).toEqual({ kind: 'input', input: 'tokens' });
  });

  it.each([
    ['tokens-per-param=-3', 'chinchilla', /tokens-per-param=20/],
    ['frontier', 'tokens', /only quantity is tokens/],
    [undefined, 'data-constrained', /cannot be compared/],
  ])('refuses %s of %s', (text, law, message) => {
    expect(errorOf(() => parsePath(text, findLaw(law))).message).toMatch(message);
  });
});
