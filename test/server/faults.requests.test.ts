import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from './faultServer.ts';
import { chinchillaId, useServer } from './testServer.ts';

const { ask, post, server } = useServer({ limits: { jobMs: 60_000 } });
const datasets = [chinchillaId];
const valid = { datasets, calibration: false, wait: 10 };

/** Every route that takes a body, and a body that it takes. */
const routes: readonly [url: string, method: 'POST' | 'PATCH', body: object][] = [
  ['/api/fits', 'POST', { ...valid, law: 'params' }],
  ['/api/preview', 'POST', { datasets, figures: ['parity'], predict: { params: '1B', tokens: '20B' } }],
  ['/api/backtests', 'POST', { datasets, wait: 10 }],
  ['/api/comparisons', 'POST', { datasets, family: 'color', bootstrap: 2, share: ['none'], wait: 10 }],
  ['/api/fits/mine/predict', 'POST', { points: [{ params: 1e9, tokens: 2e10 }], confidence: 0.9 }],
  ['/api/fits/mine', 'PATCH', { id: 'mine' }],
];

beforeAll(async () => {
  expect((await post('/api/fits', { ...valid, id: 'mine' })).status).toBe(201);
});

/** Sends a body as it is. */
const send = (url: string, method: 'POST' | 'PATCH', payload: string | Buffer, type = 'application/json') =>
  ask({ method, url, headers: { 'content-type': type }, payload });

describe.each(routes)('%s refuses', (url, method) => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['what ends too early', '{"datasets":["'],
    ['a comma too many', '{"datasets":[],}'],
    ['other quotes', "{'datasets':[]}"],
    ['NaN', '{"delta":NaN}'],
    ['an infinite number', '{"delta":Infinity}'],
    ['a hexadecimal number', '{"delta":0x10}'],
    ['a comment', '{/* none */}'],
    ['a line break in a string', '{"law":"a\nb"}'],
    ['two values', '{}{}'],
    ['JavaScript', '({}).constructor.constructor("return process")()'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
    ['a hundred thousand open brackets', '['.repeat(100_000)],
  ])('%s', async (_, text) => {
    const { status, body } = await send(url, method, text);
    expect([status, body.error?.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(body.error?.message).toMatch(/JSON|empty|body/);
  });

  it.each<[string, string]>([
    ['null', 'null'],
    ['a number', '1e999'],
    ['a text', '"datasets"'],
    ['a list', '[{"id":"mine"}]'],
    ['an empty object', '{}'],
    ['nesting of a hundred thousand objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    ['a name that nobody knows', '{"nope":1}'],
  ])('%s as JSON of another form', async (_, text) => {
    const { status, body } = await send(url, method, text);
    expect([status, body.error?.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('what is not JSON by its type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data']) {
      const { status, body } = await send(url, method, '{"datasets":[]}', type);
      expect([400, 415], type).toContain(status);
      expect(body.error?.code).toMatch(/^(REQUEST|UPLOAD)_INVALID$/);
    }
  });
});

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, k) => [`q${String(k)}`, 'loss']));

/** What is wrong, and the place that the error names. */
const wrong: readonly [url: string, code: string, place: string, change: Readonly<Record<string, unknown>>][] = [
  ['/api/fits', 'REQUEST_INVALID', 'nope', { nope: 1 }],
  ['/api/fits', 'REQUEST_INVALID', 'datasets', { datasets: [] }],
  ['/api/fits', 'REQUEST_INVALID', 'datasets', { datasets: 'x' }],
  ['/api/fits', 'REQUEST_INVALID', 'datasets.0', { datasets: ['x'] }],
  ['/api/fits', 'REQUEST_INVALID', 'datasets', { datasets: Array(101).fill(chinchillaId) }],
  ['/api/fits', 'REQUEST_INVALID', 'wait', { wait: 1e9 }],
  ['/api/fits', 'REQUEST_INVALID', 'wait', { wait: -1 }],
  ['/api/fits', 'REQUEST_INVALID', 'wait', { wait: '1' }],
  ['/api/fits', 'REQUEST_INVALID', 'id', { id: '' }],
  ['/api/fits', 'REQUEST_INVALID', 'id', { id: 'x'.repeat(201) }],
  ['/api/fits', 'REQUEST_INVALID', 'id', { id: 'a\u0000b' }],
  ['/api/fits', 'REQUEST_INVALID', 'law', { law: '' }],
  ['/api/fits', 'REQUEST_INVALID', 'law', { law: 'x'.repeat(2001) }],
  ['/api/fits', 'REQUEST_INVALID', 'law', { law: null }],
  ['/api/fits', 'REQUEST_INVALID', 'where', { where: 'x'.repeat(2001) }],
  ['/api/fits', 'REQUEST_INVALID', 'where', { where: ['loss < 3'] }],
  ['/api/fits', 'REQUEST_INVALID', 'columns.loss', { columns: { loss: 'x'.repeat(501) } }],
  ['/api/fits', 'REQUEST_INVALID', 'columns.loss', { columns: { loss: 1 } }],
  ['/api/fits', 'REQUEST_INVALID', 'columns', { columns: many(101) }],
  ['/api/fits', 'QUANTITY_UNKNOWN', 'constructor', { columns: { constructor: 'loss' } }],
  ['/api/fits', 'COLUMN_UNKNOWN', 'constructor', { columns: { loss: 'constructor' } }],
  ['/api/fits', 'COLUMN_UNKNOWN', 'hasOwnProperty', { columns: { loss: 'hasOwnProperty' } }],
  ['/api/fits', 'REQUEST_INVALID', 'bootstrap', { bootstrap: 1e300 }],
  ['/api/fits', 'REQUEST_INVALID', 'bootstrap', { bootstrap: 1.5 }],
  ['/api/fits', 'OPTION_INVALID', 'seed', { seed: 1e300 }],
  ['/api/fits', 'REQUEST_INVALID', 'seed', { seed: -1 }],
  ['/api/fits', 'REQUEST_INVALID', 'confidence', { confidence: 1 }],
  ['/api/fits', 'OPTION_INVALID', 'delta', { delta: 0 }],
  ['/api/fits', 'OPTION_INVALID', 'thin', { thin: -1e300 }],
  ['/api/fits', 'OPTION_INVALID', 'drop-tokens', { dropTokens: -1 }],
  ['/api/fits', 'OPTION_INVALID', 'from-fraction', { fromFraction: 5 }],
  ['/api/fits', 'OPTION_INVALID', 'last-part', { lastPart: 0 }],
  ['/api/fits', 'REQUEST_INVALID', 'afterWarmup', { afterWarmup: { tokens: 1, more: 2 } }],
  ['/api/fits', 'OPTION_INVALID', 'near-optimal', { nearOptimal: 1e308 }],
  ['/api/fits', 'QUANTITY_NOT_POSITIVE', 'FLOP per parameter and token', { flopsPerToken: 0 }],
  ['/api/fits', 'VALUE_NOT_POSITIVE', 'tokens', { flopsPerToken: 1e308 }],
  ['/api/fits', 'COLUMN_UNKNOWN', '__proto__', { group: '__proto__' }],
  ['/api/fits', 'REQUEST_INVALID', 'objective', { objective: 'none' }],
  ['/api/fits', 'REQUEST_INVALID', 'solver', { solver: ['newton'] }],
  ['/api/fits', 'REQUEST_INVALID', 'start.E', { start: { E: 'x' } }],
  ['/api/fits', 'PARAM_UNKNOWN', 'constructor', { start: { constructor: 1 } }],
  ['/api/fits', 'PARAM_UNKNOWN', 'toString', { fix: { toString: 1 } }],
  ['/api/fits', 'OPTION_INVALID', 'alpha', { fix: { alpha: -1e308 } }],
  ['/api/fits', 'PARAM_UNKNOWN', '__proto__', { tie: { alpha: '__proto__' } }],
  ['/api/fits', 'OPTION_INVALID', 'alpha', { tie: { alpha: 'beta', beta: 'alpha' } }],
  ['/api/fits', 'REQUEST_INVALID', 'bounds.E', { bounds: { E: [1] } }],
  ['/api/fits', 'OPTION_INVALID', 'E=5:1', { bounds: { E: [5, 1] } }],
  ['/api/fits', 'REQUEST_INVALID', 'bounds.E.0', { bounds: { E: [null, 1] } }],
  ['/api/preview', 'REQUEST_INVALID', 'figures', { figures: Array(21).fill('parity') }],
  ['/api/preview', 'REQUEST_INVALID', 'run', { run: '' }],
  ['/api/preview', 'REQUEST_INVALID', 'predict.params', { predict: { params: 7e10 } }],
  ['/api/preview', 'REQUEST_INVALID', 'wait', { wait: 1 }],
  ['/api/backtests', 'REQUEST_INVALID', 'cuts.0', { cuts: [0] }],
  ['/api/backtests', 'OPTION_INVALID', 'cut', { cuts: [1e300] }],
  ['/api/backtests', 'OPTION_INVALID', 'models', { matrix: true, models: [1e9] }],
  ['/api/backtests', 'OPTION_INVALID', 'shares', { matrix: true, shares: [5] }],
  ['/api/backtests', 'REQUEST_INVALID', 'window', { window: 0 }],
  ['/api/backtests', 'REQUEST_INVALID', 'testFrom', { testFrom: 2 }],
  ['/api/comparisons', 'COLUMN_UNKNOWN', '__proto__', { family: '__proto__' }],
  ['/api/comparisons', 'REQUEST_INVALID', 'family', { family: '' }],
  ['/api/comparisons', 'REQUEST_INVALID', 'equalWithin', { equalWithin: -1 }],
];

it.each(wrong)('%s refuses as %s what it does not take at %s', async (url, code, place, change) => {
  const options = url === '/api/fits' ? valid : { datasets };
  const { status, body } = await post(url, { ...options, ...change });
  expect([status, body.error?.code]).toEqual([400, code]);
  expect(body.error?.message).toContain(place);
  expect(body.error?.remedy).not.toBe('');
});

it.each<[code: string, place: string, batch: object]>([
  ['REQUEST_INVALID', 'points', { points: [] }],
  ['REQUEST_INVALID', 'points', { points: Array(100_001).fill({}) }],
  ['REQUEST_INVALID', 'points.0.params', { points: [{ params: '70B' }] }],
  ['REQUEST_INVALID', 'points.0.params', { points: [{ params: null, tokens: 1e9 }] }],
  ['REQUEST_INVALID', 'more', { points: [{ params: 1e9, tokens: 1e9, more: 1 }] }],
  ['QUANTITY_NOT_POSITIVE', 'params', { points: [{ params: -1, tokens: 1e9 }] }],
  ['QUANTITY_NOT_POSITIVE', 'flops', { points: [{ params: 1e300, tokens: 1e300 }] }],
  ['POINT_CONTRADICTORY', 'flops', { points: [{ params: 1e9, tokens: 1e9, flops: 1 }] }],
  ['REQUEST_INVALID', 'columns', { columns: { params: [1e9], tokens: [1e9, 2e9] } }],
  ['REQUEST_INVALID', 'constructor', { columns: { constructor: [1] } }],
])('predictions of many points are refused as %s, at %s', async (code, place, batch) => {
  const { status, body } = await post('/api/fits/mine/predict', batch);
  expect([status, body.error?.code]).toEqual([400, code]);
  expect(body.error?.message).toContain(place);
});

it('of a key that comes twice the last counts, for the check and for the work alike', async () => {
  const law = (first: string, last: string): string => `{"datasets":["${chinchillaId}"],"law":${first},"law":${last}}`;
  const { status, body } = await send('/api/preview', 'POST', law('{"a":1}', '"params"'));
  expect([status, (body as { fit?: { law: string } }).fit?.law]).toEqual([200, 'params']);
  expect((await send('/api/preview', 'POST', law('"params"', '{"a":1}'))).body.error?.message).toContain('law');
});

const isList = (value: object): value is readonly unknown[] => Array.isArray(value);

/** Replaces, drops or adds something anywhere in a value. */
function mutate(value: unknown, random: () => number): unknown {
  const junk = [
    null,
    true,
    -1,
    0,
    1e308,
    -1e308,
    5e-324,
    0.5,
    '',
    'x',
    '../x',
    '__proto__',
    'é\u0000',
    [],
    {},
    [[]],
    { a: 1 },
  ];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  if (random() < 0.3 || typeof value !== 'object' || value === null) return pick<unknown>(junk);
  if (isList(value))
    return random() < 0.3 ? [...value, pick(junk)] : value.map((one) => (random() < 0.7 ? mutate(one, random) : one));
  const entries = Object.entries(value);
  const name = pick(['x', ...entries.map(([key]) => key)]);
  if (random() < 0.2) return Object.fromEntries(entries.filter(([key]) => key !== name));
  if (random() < 0.2)
    return { ...value, [pick(['x', 'constructor', 'law', 'id', 'seed', 'bounds', 'where'])]: pick(junk) };
  return { ...value, [name]: mutate((value as Record<string, unknown>)[name], random) };
}

it('no body, however it is broken, is a failure of the server', async () => {
  const random = seeded(5);
  for (let k = 0; k < 80; k++) {
    const [url, method, body] = routes[Math.floor(random() * routes.length)];
    const broken = JSON.stringify(mutate(body, random));
    const { statusCode, body: text } = await server().inject({
      method,
      url,
      headers: { 'content-type': 'application/json' },
      payload: broken,
    });
    expect(statusCode, `${url} ${broken} ${text.slice(0, 200)}`).toBeLessThan(500);
    if (method === 'PATCH' && statusCode === 200) {
      const { id } = JSON.parse(text) as { id: string };
      await post(`/api/fits/${id}`, { id: 'mine' }, 'PATCH');
    }
  }
  expect((await ask('/api/fits/mine')).status).toBe(200);
});
