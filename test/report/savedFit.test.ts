import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import type { Fit } from '../../src/fit/result.ts';
import { decodeFit, encodeFit } from '../../src/report/savedFit.ts';
import { exampleFit } from './savedFitExample.ts';

const command = 'isoflop fit example.csv --bootstrap 400';
const text = encodeFit(exampleFit(), { command });

/** The saved example with the member at a path replaced, or removed where the new value is undefined. */
function changed(path: string, value: unknown): string {
  const document = JSON.parse(text) as unknown;
  const names = path.split('.');
  const last = names[names.length - 1];
  const holder = names.slice(0, -1).reduce((at, name) => (at as Record<string, unknown>)[name], document);
  if (value === undefined) Reflect.deleteProperty(holder as object, last);
  else (holder as Record<string, unknown>)[last] = value;
  return JSON.stringify(document);
}

const errorOf = (document: string): IsoflopError => {
  try {
    decodeFit(document, 'bad.json');
  } catch (error) {
    if (error instanceof IsoflopError) return error as IsoflopError;
    throw error;
  }
  throw new Error('the document was accepted');
};

describe('a saved fit', () => {
  it('comes back exactly', () => {
    const fit = exampleFit();
    expect(decodeFit(encodeFit(fit, { command }), 'x.json')).toStrictEqual({ ...fit, command });
  });

  it('comes back exactly where parts are missing or not finite', () => {
    const fit: Fit = {
      ...exampleFit(),
      status: 'stalled',
      reasons: ['the gradient does not vanish'],
      objective: { name: 'mse', delta: null, value: NaN },
      params: Object.fromEntries(
        Object.entries(exampleFit().params).map(([name, p]) => [
          name,
          { value: p.value, stderr: null, interval: null, state: 'off' },
        ]),
      ),
      optimum: null,
      condition: null,
      gradientNorm: NaN,
      residualRms: NaN,
      covariance: { kind: 'sandwich', matrix: null, degreesOfFreedom: Infinity },
      bootstrap: null,
      warnings: [],
      fitted: { rows: 0, columns: {}, names: null },
      settings: {
        solver: 'newton',
        weights: 'run',
        where: null,
        dropTokens: 10e9,
        afterWarmup: { steps: 2000 },
        fromFraction: 0.1,
        lastPart: 0.3,
        finals: true,
        thin: 20,
        nearOptimal: { within: 0.0025, by: ['params', 'tokens'] },
        fixed: { alpha: 0.34 },
        tied: { beta: 'alpha' },
        bounds: { E: [0.5, 2] },
        start: { E: 1.7 },
      },
    };
    expect(decodeFit(encodeFit(fit, { command: null }), 'x.json')).toStrictEqual({ ...fit, command: null });
  });

  it('of an earlier version, which had no choice of checkpoints, is read as one that made none', () => {
    const fit = exampleFit();
    const { data, settings, ...rest } = JSON.parse(text) as Record<'data' | 'settings', Record<string, unknown>>;
    delete data.runs;
    const { solver, where, fromFraction, fixed, tied, bounds, start } = settings;
    const early = { ...rest, data, settings: { solver, where, fromFraction, fixed, tied, bounds, start } };
    const read = decodeFit(JSON.stringify(early), 'early.json');
    expect(read.settings).toEqual(fit.settings);
    expect(read.data).toEqual({ ...fit.data, runs: null });
  });

  it('is the same bytes for equal fits, whatever time they took', () => {
    const slower = { ...exampleFit(), timing: { fitMs: 99, bootstrapMs: 1e4 } };
    expect(encodeFit(decodeFit(text, 'x.json'), { command })).toBe(text);
    expect(encodeFit(exampleFit(), { command })).toBe(text);
    expect(encodeFit({ ...decodeFit(text, 'x.json'), timing: slower.timing }, { command })).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('keeps the numbers of extreme fits', () => {
    const column = Float64Array.of(5e-324, 1.7976931348623157e308, 1 / 3, NaN, -Infinity);
    const fit: Fit = {
      ...exampleFit(),
      params: { ...exampleFit().params, A: { value: 1e38, stderr: null, interval: null, state: 'free' } },
      fitted: { rows: 5, columns: { loss: column }, names: ['é', '"', '\n', '\u2028', '日本'] },
    };
    const back = decodeFit(encodeFit(fit, { command }), 'x.json');
    expect(back.fitted).toStrictEqual(fit.fitted);
    expect(back.params).toStrictEqual(fit.params);
  });

  it('refuses to write what it could not read', () => {
    const infinite = { value: Infinity, stderr: null, interval: null, state: 'free' } as const;
    const fit = { ...exampleFit(), params: { ...exampleFit().params, A: infinite } };
    expect(() => encodeFit(fit, { command })).toThrow(/params\.A\.value is null/);
  });

  it('is refused when cut anywhere', () => {
    for (let length = 0; length < text.length - 2; length += Math.ceil(text.length / 200))
      expect(errorOf(text.slice(0, length)).code).toBe('FIT_NOT_JSON');
  });

  it('is refused when another format wrote it, even one that breaks the schema', () => {
    const error = errorOf('{"kind": "isoflop-fit", "format": 2, "surprise": true}');
    expect(error.code).toBe('FIT_VERSION');
    expect(error.exit).toBe(2);
    expect(error.message).toContain('bad.json is a saved fit of format 2; this version reads format 1.');
  });

  it.each<[string, string, unknown, string]>([
    ['another kind', 'kind', 'isoflop-sweep', 'kind is "isoflop-sweep", not "isoflop-fit"'],
    ['no kind', 'kind', undefined, 'kind is missing'],
    ['a number as text', 'params.alpha.value', '0.34', 'params.alpha.value is "0.34", not of type number'],
    ['an unknown law', 'law', 'chinchila', 'law is "chinchila", which this version does not know'],
    ['a parameter too few', 'params.beta', undefined, 'params.beta is missing'],
    [
      'a parameter too many',
      'params.gamma',
      { value: 1, stderr: null, interval: null, state: 'free' },
      'params.gamma is not a parameter of chinchilla',
    ],
    ['other coordinates', 'covariance.coordinates.1', 'A', 'covariance.coordinates are log E, A, log B'],
    ['a ragged matrix', 'covariance.matrix.2', [1], 'covariance.matrix is not 5 x 5'],
    ['lost draws', 'bootstrap.certified', 7, 'bootstrap.draws are not 7 x 5 numbers'],
    ['text for draws', 'bootstrap.draws', 'draws!', 'bootstrap.draws is "draws!", which does not match'],
    ['a short column', 'fitted.columns.loss', 'AAAA', 'fitted.columns.loss is not 42 numbers'],
    ['a lost name', 'fitted.names', ['a'], 'fitted.names are 1, not 42'],
    ['an interval of one', 'params.E.interval', [1], 'params.E.interval has 1 items'],
    ['an unknown property', 'data.extra', 1, 'data.extra is not a known property'],
    ['an unknown level', 'warnings.0.level', 'fatal', 'warnings[0].level is "fatal", not one of "info"'],
    ['fewer than no rows', 'points', -1, 'points is -1, below 0'],
  ])('is refused with %s, and says where', (_, path, value, message) => {
    const error = errorOf(changed(path, value));
    expect(error.code).toBe('FIT_INVALID');
    expect(error.message).toContain(message);
  });

  it.each(['null', '[]', '7', '"fit"', 'true'])('is refused when the document is %s', (document) => {
    expect(errorOf(document).message).toMatch(/the document is .*, not of type object/);
  });
});
