import { beforeAll, describe, expect, it } from 'vitest';
import { predictBatch } from '../../server/work/batch/predictBatch.ts';
import { maxPoints } from '../../server/schemas/prediction.ts';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import type { Fit } from '../../src/fit/result.ts';
import { describeFormula, formulaLaw } from '../../src/laws/formula/formulaLaw.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { predictPoints, type QueryPoint } from '../../src/plan/predictPoints.ts';
import { predictionToJson, type PredictionJson } from '../../src/report/json.ts';
import { readRuns } from '../../src/runs/files.ts';
import { type Runs } from '../../src/runs/index.ts';
import { bootstrapFit } from '../../src/uncertainty/bootstrap.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { summarizeFit } from '../../src/uncertainty/summarize.ts';
import { codeOf } from '../helpers/errors.ts';
import { fitHere } from '../helpers/refits.ts';

interface Columns {
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly warnings: PredictionJson['warnings'];
}

const bytes = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body));
const ask = (fit: Fit, body: unknown): unknown => JSON.parse(new TextDecoder().decode(predictBatch(fit, bytes(body))));
const askPoints = (fit: Fit, points: readonly QueryPoint[], more: object = {}): PredictionJson =>
  ask(fit, { points, ...more }) as PredictionJson;
const askColumns = (fit: Fit, columns: object, more: object = {}): Columns => ask(fit, { columns, ...more }) as Columns;
/** What the library says about points. */
const single = (fit: Fit, points: readonly QueryPoint[], confidence?: number): PredictionJson =>
  JSON.parse(JSON.stringify(predictionToJson(predictPoints(fit, points, { confidence })))) as PredictionJson;

/** Points over some decades of params and tokens. */
function cloud(
  count: number,
  params: readonly [number, number] = [8, 12],
  tokens: readonly [number, number] = [9, 13],
): { params: number; tokens: number }[] {
  const random = createRandom(1);
  const within = ([low, high]: readonly [number, number]): number => 10 ** (low + (high - low) * random.next());
  return Array.from({ length: count }, () => ({ params: within(params), tokens: within(tokens) }));
}

/** How far intervals are off at most, as a share of half their width. */
function worstOf(found: PredictionJson['points'], expected: PredictionJson['points']): number {
  return expected.reduce((most, { interval }, i) => {
    const [low, high] = interval ?? [NaN, NaN];
    const [foundLow, foundHigh] = found[i].interval ?? [NaN, NaN];
    return Math.max(most, Math.max(Math.abs(foundLow - low), Math.abs(foundHigh - high)) / ((high - low) / 2));
  }, 0);
}

const errorOf = ({ warnings }: Pick<PredictionJson, 'warnings'>): number | undefined =>
  warnings.find(({ code }) => code === 'INTERVALS_INTERPOLATED')?.numbers?.error;

const withoutIntervals = (points: PredictionJson['points']): object[] =>
  points.map((point) => ({ ...point, interval: null, calibrated: null }));

const every = <Value>(values: readonly Value[], step: number): Value[] => values.filter((_, k) => k % step === 0);

const draws = await loadFit('fits/chinchilla.json');
const covariance: Fit = { ...draws, bootstrap: null };
let runs: Runs;
beforeAll(async () => {
  runs = await readRuns('data/chinchilla.csv', { where: 'loss < 3.44' });
});

describe('a batch of few points', () => {
  it.each([
    ['draws', draws],
    ['a covariance', covariance],
  ])('is what the library says, calibrated or not: %s', (_, fit) => {
    const points = cloud(300);
    const expected = single(fit, points, 0.9);
    expect(askPoints(fit, points, { confidence: 0.9, calibrated: true })).toEqual(expected);
    const { points: found } = askPoints(fit, points, { confidence: 0.9 });
    expect(found).toEqual(expected.points.map((point) => ({ ...point, calibrated: null })));
  });

  it('is the same as columns', () => {
    const points = cloud(40);
    const { points: expected, warnings } = single(draws, points);
    const columns = { params: points.map(({ params }) => params), tokens: points.map(({ tokens }) => tokens) };
    expect(askColumns(draws, columns, { calibrated: true })).toEqual({
      columns: {
        ...columns,
        flops: expected.map(({ flops }) => flops),
        loss: expected.map(({ loss }) => loss),
        lower: expected.map(({ interval }) => interval?.[0]),
        upper: expected.map(({ interval }) => interval?.[1]),
        extrapolation: expected.map(({ extrapolation }) => extrapolation.flops),
        newRunLower: expected.map(({ calibrated }) => calibrated?.newRun?.[0]),
        newRunUpper: expected.map(({ calibrated }) => calibrated?.newRun?.[1]),
      },
      warnings,
    });
    expect(Object.keys(askColumns(draws, columns).columns)).not.toContain('newRunLower');
  });

  it('takes any two of three quantities, or compute alone', () => {
    const points: QueryPoint[] = [
      { params: 7e10, tokens: 1.4e12 },
      { params: 7e10, flops: 5.76e23 },
      { tokens: 1.4e12, flops: 5.76e23 },
      { flops: 5.76e23 },
      { params: 7e10, tokens: 1.4e12, flops: 5.9e23 },
    ];
    expect(askPoints(draws, points, { calibrated: true })).toEqual(single(draws, points));
    const flops = [1e22, 1e21];
    const { columns } = askColumns(draws, { flops });
    expect(columns.params).toEqual(
      single(draws, [{ flops: 1e22 }, { flops: 1e21 }]).points.map(({ params }) => params),
    );
  });
});

describe('a batch of many points', () => {
  it.each<[string, readonly [number, number], readonly [number, number], number]>([
    ['four decades each', [8, 12], [9, 13], 0.95],
    ['one decade each', [9, 10], [10, 11], 0.9],
    ['all that can be asked', [3, 15], [3, 15], 0.95],
    ['one size', [9, 9], [9, 13], 0.95],
    ['one number of tokens, another confidence', [7, 12], [11, 11], 0.5],
  ])(
    'has exact losses, and intervals within a few percent of half their width: %s',
    (_, params, tokens, confidence) => {
      const points = cloud(20_000, params, tokens);
      const found = askPoints(draws, points, { confidence });
      const sample = single(draws, every(points, 100), confidence).points;
      expect(withoutIntervals(every(found.points, 100))).toEqual(withoutIntervals(sample));
      const told = errorOf(found);
      expect(told).toBeGreaterThan(0);
      expect(told).toBeLessThan(0.03);
      // The worst of 200 points is worse than that of the 32 that were looked at.
      expect(worstOf(every(found.points, 100), sample)).toBeLessThan(0.05);
    },
  );

  it('says how intervals were interpolated', () => {
    const { warnings } = askPoints(draws, cloud(5000));
    expect(warnings.find(({ code }) => code === 'INTERVALS_INTERPOLATED')).toMatchObject({
      level: 'info',
      message: expect.stringMatching(/^The intervals of 5000 points are .* off by [\d.]+% of half/) as unknown,
      numbers: { checked: 32, places: expect.any(Number) as unknown },
    });
  });

  it('has the exact intervals of a covariance', () => {
    const points = cloud(5000);
    const found = askPoints(covariance, points);
    expect(every(found.points, 50)).toEqual(
      single(covariance, every(points, 50)).points.map((point) => ({ ...point, calibrated: null })),
    );
    expect(errorOf(found)).toBeUndefined();
  });

  it('has calibrated intervals close to those of single points', () => {
    const points = cloud(5000);
    const found = every(askPoints(covariance, points, { calibrated: true }).points, 50);
    for (const [i, { calibrated }] of single(covariance, every(points, 50)).points.entries()) {
      const ours = found[i].calibrated;
      const { widening, backtests, runs: count } = calibrated ?? {};
      expect(ours).toMatchObject({ widening, backtests, runs: count });
      const [low, high] = calibrated?.newRun ?? [NaN, NaN];
      const off = [(ours?.newRun?.[0] ?? NaN) - low, (ours?.newRun?.[1] ?? NaN) - high].map(Math.abs);
      expect(Math.max(...off)).toBeLessThan(0.06 * ((high - low) / 2));
    }
  });

  it('works out points that repeat exactly', () => {
    const few = cloud(20);
    const points = Array.from({ length: 3000 }, (_, k) => few[k % 20]);
    const found = askPoints(draws, points);
    const expected = single(draws, few).points.map((point) => ({ ...point, calibrated: null }));
    expect(found.points.slice(0, 20)).toEqual(expected);
    expect(found.points.slice(-20)).toEqual(expected);
    expect(errorOf(found)).toBeUndefined();
  });

  it('takes points in any order', () => {
    const points = cloud(2000);
    const found = askPoints(draws, points).points;
    const sorted = [...points.entries()].sort(([, a], [, b]) => a.params - b.params);
    const again = askPoints(
      draws,
      sorted.map(([, point]) => point),
    ).points;
    expect(again).toEqual(sorted.map(([k]) => found[k]));
  });

  it('takes laws of which every draw has to be asked', async () => {
    const { fit } = await fitHere(runs, { law: 'skaling', bootstrap: 60 });
    const points = cloud(30_000, [8, 10], [9, 11]);
    const found = askPoints(fit, points);
    const sample = single(fit, every(points, 300)).points;
    expect(every(found.points, 300).map(({ loss }) => loss)).toEqual(sample.map(({ loss }) => loss));
    // Of 60 draws the ends are single ones, which change from place to place.
    expect(worstOf(every(found.points, 300), sample)).toBeLessThan(0.15);
  });

  it('takes formulas', async () => {
    const text = 'loss ~ E + A/params^alpha + B/tokens^beta';
    const law = formulaLaw(describeFormula(text, { columns: Object.keys(runs.quantities), positive: ['E', 'A', 'B'] }));
    const lawFit = fitLaw(law, runs);
    const groups = groupRows(lawFit);
    const bootstrap = await bootstrapFit(lawFit, groups, { resamples: 100, seed: 0 });
    const fit = summarizeFit(lawFit, {
      covariance: estimateCovariance(lawFit, groups, 'sandwich'),
      bootstrap,
      warnings: [],
    });
    const points = cloud(30_000, [8, 10], [9, 11]);
    const found = askPoints(fit, points);
    const sample = single(fit, every(points, 300)).points;
    expect(every(found.points, 300).map(({ loss }) => loss)).toEqual(sample.map(({ loss }) => loss));
    expect(worstOf(every(found.points, 300), sample)).toBeLessThan(0.15);
  });

  it('takes other inputs of a law by name', async () => {
    const fit = await loadFit('fits/muennighoff-2023.json');
    const points = cloud(1000).map((point, k) => ({ ...point, uniqueTokens: [1e9, 1e10, 1e11][k % 3] }));
    const { points: found } = askPoints(fit, points);
    expect(found).toEqual(single(fit, points).points);
    const uniqueTokens = points.map((point) => point.uniqueTokens);
    const columns = { params: points.map(({ params }) => params), tokens: points.map(({ tokens }) => tokens) };
    const answer = askColumns(fit, { ...columns, uniqueTokens }).columns;
    expect(answer.loss).toEqual(found.map(({ loss }) => loss));
    expect(answer.uniqueTokens).toEqual(uniqueTokens);
    expect(answer.lower).toEqual(points.map(() => null));
  });
});

describe('a batch that cannot be predicted', () => {
  const good = { params: 1e9, tokens: 1e10 };
  it.each<[string, unknown, string, RegExp]>([
    ['a zero', { points: [good, { params: 0, tokens: 1 }] }, 'QUANTITY_NOT_POSITIVE', /^points\.1: params is 0/],
    ['a zero in a column', { columns: { flops: [1e20, 0] } }, 'QUANTITY_NOT_POSITIVE', /^columns, row 1: flops is 0/],
    ['one quantity alone', { points: [good, { params: 1e9 }] }, 'POINT_INCOMPLETE', /^points\.1: .*only params/],
    ['a contradiction', { points: [{ ...good, flops: 1e25 }] }, 'POINT_CONTRADICTORY', /^points\.0: flops is/],
    ['numbers too large', { points: [{ params: 1e200, tokens: 1e200 }] }, 'QUANTITY_NOT_POSITIVE', /^points\.0: flops/],
    ['text', { points: [good, { ...good, flops: '1e21' }] }, 'REQUEST_INVALID', /^points\.1\.flops in the body/],
    ['an unknown name', { points: [good, { ...good, x: 1 }] }, 'REQUEST_INVALID', /^points\.1 .*no property x/],
    ['an unknown column', { columns: { x: [1] } }, 'REQUEST_INVALID', /^columns .*no property x/],
    ['a point that is none', { points: [good, null] }, 'REQUEST_INVALID', /^points\.1 in the body/],
    ['a list for a point', { points: [[1, 2]] }, 'REQUEST_INVALID', /^points\.0/],
    ['no point', { points: [] }, 'REQUEST_INVALID', /points/],
    ['no column', { columns: {} }, 'REQUEST_INVALID', /neither params/],
    [
      'columns of two lengths',
      { columns: { params: [1, 2], tokens: [1] } },
      'REQUEST_INVALID',
      /2 params and 1 tokens/,
    ],
    ['too many points', { points: Array(maxPoints + 1).fill(good) }, 'REQUEST_INVALID', /points/],
    ['another option', { points: [good], confidenc: 0.9 }, 'REQUEST_INVALID', /no property confidenc/],
    ['a confidence above 1', { points: [good], confidence: 1.2 }, 'REQUEST_INVALID', /confidence/],
    ['a list', [good], 'REQUEST_INVALID', /object/],
  ])('says where: %s', (_, body, code, message) => {
    expect(codeOf(() => predictBatch(draws, bytes(body)))).toBe(code);
    expect(() => predictBatch(draws, bytes(body))).toThrow(message);
  });

  it('says what is no JSON', () => {
    expect(() => predictBatch(draws, new TextEncoder().encode('{"points": ['))).toThrow(/not JSON/);
    expect(() => predictBatch(draws, Uint8Array.of(0xff, 0xfe))).toThrow(/not JSON/);
    expect(() => predictBatch(draws, new TextEncoder().encode('3'))).toThrow(/no JSON object/);
  });
});
