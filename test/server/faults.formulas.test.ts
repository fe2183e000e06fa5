import { describe, expect, it } from 'vitest';
import { chinchillaId, useServer } from './testServer.ts';

const { ask, post, upload, server } = useServer();
const fit = { datasets: [chinchillaId] };
/** More than any refusal takes, and less than a loop that goes on for long. */
const soonMs = 5000;

/** Ways to JavaScript that other evaluators of formulas have left open. */
const attacks = [
  'constructor',
  'constructor.constructor("return process")()',
  'loss.constructor',
  'loss["constructor"]',
  'params.toString.constructor("return 1")()',
  '__proto__',
  '__proto__.polluted',
  'this',
  'globalThis',
  'process.exit()',
  'process.mainModule.require("fs")',
  'require("child_process").exec("id")',
  'import("fs")',
  'import {x}',
  'eval("1")',
  'Function("return 1")()',
  'function f(x) { return x }',
  'f(x) = x',
  '(x) => x',
  'cos.constructor("return 1")()',
  'createUnit("x")',
  'evaluate("1 + 1")',
  'parse("1 + 1")',
  'simplify("1")',
  'derivative("x^2", "x")',
  'chain(1).add(1)',
  'typed("x", {})',
  'toString()',
  'valueOf',
  '[1, 2, 3]',
  '{a: 1}',
  '1; 2',
  '1\n2',
  'x ? 1 : 2',
  'a = 1',
  '"text" + loss',
  '${process.pid}',
  '#{7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  "'; DROP TABLE fits; --",
  '1 to 2',
  '5 kg',
  '3!',
  "params'",
  '1:10',
  '\u0000',
  'ｐｒｏｃｅｓｓ.exit()',
];

describe.each(attacks)('%j', (attack) => {
  it.each<[string, string, (text: string) => object]>([
    ['a law', 'FORMULA_INVALID', (text) => ({ law: `loss ~ E + A*params^(-alpha) + ${text}` })],
    ['a response', 'FORMULA_INVALID', (text) => ({ law: `${text} ~ E + A/params^alpha` })],
    ['a condition', 'WHERE_INVALID', (text) => ({ where: `loss < ${text}` })],
    ['a column', 'EXPRESSION_INVALID', (text) => ({ columns: { loss: `loss + ${text}` } })],
  ])('is refused as %s', async (_, code, options) => {
    const began = performance.now();
    const { status, body } = await post('/api/preview', { ...fit, ...options(attack) });
    // What is only a name is taken for a column or a parameter, which there is not.
    expect([status, body.error?.code], body.error?.message).toEqual([
      400,
      expect.stringMatching(`^(${code}|COLUMN_UNKNOWN|QUANTITY_INVALID)$`),
    ]);
    expect(performance.now() - began).toBeLessThan(soonMs);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

it('between backticks anything is a name, and nothing more', async () => {
  const name = '${process.pid}';
  const { status, body } = await post('/api/preview', {
    ...fit,
    law: `loss ~ E + A*params^(-alpha) + \`${name}\`*tokens`,
  });
  const { params } = (body as unknown as { fit: { params: Record<string, { value: unknown }> } }).fit;
  expect([status, Object.keys(params)]).toEqual([200, ['E', 'A', 'alpha', name]]);
  expect(params[name].value).toBeTypeOf('number');
});

it.each<[string, object]>([
  ['a tower of powers', { where: `loss < ${'9^'.repeat(400)}9` }],
  ['a tower of powers of a column', { law: `loss ~ E + A*params${'^9'.repeat(400)}` }],
  ['a thousand brackets', { where: `${'('.repeat(990)}loss${')'.repeat(990)} < 3` }],
  ['brackets that stay open', { law: `loss ~ ${'('.repeat(1900)}` }],
  ['brackets in formulas', { law: `loss ~ ${'('.repeat(480)}E${')'.repeat(480)} + A/params^alpha` }],
  ['functions in functions', { law: `loss ~ E + ${'exp('.repeat(350)}A/params^alpha${')'.repeat(350)}` }],
  ['six hundred times not', { where: `${'not '.repeat(480)}loss < 3` }],
  ['a chain of comparisons', { where: `loss${'<loss'.repeat(390)}` }],
  [
    'a long list of parameters',
    { law: `loss ~ E${Array.from({ length: 180 }, (_, k) => `+a${String(k)}*params`).join('')}` },
  ],
  ['digits without an end', { where: `loss < ${'9'.repeat(1900)}` }],
  ['an exponent without an end', { where: `loss < 1e${'9'.repeat(1900)}` }],
  ['a thousand signs', { law: `loss ~ ${'-'.repeat(990)}E + A/params^alpha` }],
  ['spaces', { where: `loss${' '.repeat(1900)}< 3` }],
  ['quotes that stay open', { where: `"${'\\"'.repeat(900)}` }],
  ['a longer text than is read', { where: 'loss < 3 and '.repeat(1000) }],
])('%s is answered soon', async (_, options) => {
  const began = performance.now();
  const { status } = await post('/api/preview', { ...fit, ...options });
  expect([200, 400, 422]).toContain(status);
  expect(performance.now() - began).toBeLessThan(soonMs);
  expect((await ask('/health')).status).toBe(200);
});

describe('text of a table that a spreadsheet or a page would take for a command', () => {
  const cells = [
    '=cmd|"/c calc"!A1',
    '+1+1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '<img src=x onerror=alert(1)>',
    '"quoted" & <b>',
  ];
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const csv = [
    `=params,params,tokens,loss,run,${quoted('<i>@note</i>')}`,
    ...cells.flatMap((cell, k) =>
      [1, 2, 3, 4].map(
        (part) =>
          `1,${String(1e7 * 2 ** k)},${String(part * 1e9)},${String(4 - 0.1 * k - 0.1 * part + 0.01 * ((k * part) % 3))},${quoted(cell)},${quoted(cell)}`,
      ),
    ),
    '',
  ].join('\n');

  it('comes back as it was: as a file to save, which no browser shows or guesses at', async () => {
    const { status, body } = await upload(csv, '=cmd()|.csv');
    expect([status, body.rows]).toEqual([201, 4 * cells.length]);
    const answer = await server().inject(`/api/datasets/${String(body.id)}/download`);
    expect(answer.body).toBe(csv);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="cmd-.csv"',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is no markup in a picture', async () => {
    const { body } = await upload(csv, 'cells.csv');
    const made = await post('/api/fits', {
      datasets: [body.id],
      law: 'params',
      calibration: false,
      id: 'cells',
      wait: 10,
    });
    expect(made.status).toBe(201);
    const { figures } = (await ask('/api/fits/cells/figures')).body as unknown as {
      figures: { id: string; unavailable: string | null }[];
    };
    const drawn = figures.filter(({ unavailable }) => unavailable === null);
    expect(drawn.length).toBeGreaterThan(2);
    for (const { id } of drawn) {
      const svg = await server().inject(`/api/fits/cells/figures/${id}?format=svg`);
      expect(svg.headers['content-type'], id).toBe('image/svg+xml; charset=utf-8');
      expect(svg.body, id).not.toMatch(/<img|onerror=|<script|<i>/);
    }
  });
});
