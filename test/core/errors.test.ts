import { describe, expect, it } from 'vitest';
import { errorCodes, IsoflopError, type ErrorCode } from '../../src/core/errors.ts';

/** Details that satisfy every entry of the table at once. */
const details = {
  message: 'The message.',
  remedy: 'The remedy.',
  what: 'params',
  value: 17,
  file: 'runs.csv',
  reason: 'the reason',
  column: 'tokns',
  line: 12,
  limit: 1_048_576,
  nearest: 'tokens',
  columns: ['tokens', 'loss'],
  quantity: 'tokens',
  hint: ', which chinchilla needs',
  name: 'alhpa',
  known: ['params', 'tokens'],
  expression: 'loss <',
  position: 6,
  rows: 3,
  params: 5,
  law: 'chinchilla',
  laws: ['chinchilla', 'params'],
  dropped: '3 dropped: loss',
  input: 'params',
  inputs: ['params', 'tokens'],
  relation: 'tokens / params is 20',
  option: '--fix',
  expected: 'a positive number',
  solver: 'ml-levenberg-marquardt',
  given: 'params',
  needed: 'params and tokens',
  flops: 1e20,
  product: 2e20,
  factor: 6,
  place: 'params.A',
  found: '9',
  supported: 1,
  id: 'mine',
  figure: 'contuor',
  figures: ['contour', 'isoflop'],
  ids: ['h100-sxm'],
  families: ['llama-3', 'gpt-3'],
  floor: 1.817,
  target: 1.7,
  engines: ['wasm', 'cpu'],
  executors: ['local', 'slurm'],
  difference: 0.5,
  tolerance: 1e-4,
  paths: ['runs/**'],
  passedOver: ['runs/notes.md: no reader recognises it'],
  format: 'Parquet',
  budget: 1e21,
  cheapest: 2e21,
  first: '--min-params',
  second: '--max-params',
  names: ['small', 'big'],
  registered: 1.4e9,
  actual: 7e9,
  curves: 3,
};

const build = (code: ErrorCode, change: Record<string, unknown> = {}): IsoflopError => {
  // Entries that quote a value want text, the others a number.
  const texts: readonly ErrorCode[] = ['QUANTITY_INVALID', 'VALUE_NOT_A_NUMBER', 'OPTION_INVALID', 'JSON_LINE_INVALID'];
  const list = code === 'PARAM_UNKNOWN' ? { params: ['E', 'A'] } : {};
  const value = texts.includes(code) ? { value: '17x' } : {};
  const known: Record<string, unknown> = { ...details, ...list, ...value, ...change };
  // An entry added later may want a detail that is not listed here: its name stands for it.
  const open = new Proxy(known, { get: (target, key: string) => (key in target ? target[key] : `<${key}>`) });
  return new IsoflopError(code, open as never);
};

describe('the table of errors', () => {
  it.each(errorCodes)('builds a whole message with a remedy and statuses: %s', (code) => {
    const error = build(code);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('IsoflopError');
    expect(error.code).toBe(code);
    expect([1, 2]).toContain(error.exit);
    expect([400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503, 507]).toContain(error.http);
    expect(error.remedy.length).toBeGreaterThan(8);
    expect(error.message.endsWith(error.remedy)).toBe(true);
    expect(error.message.length).toBeGreaterThan(error.remedy.length + 8);
    expect(error.message).toMatch(/\.$/);
    expect(error.message).not.toMatch(/undefined|\[object|NaN/);
    // A formula is shown on lines of its own, with a mark under the place.
    expect(error.message.split('\n')).toHaveLength(code === 'FORMULA_INVALID' ? 4 : 1);
  });

  it('says input errors with 2 and failures of the machine with 1', () => {
    for (const code of errorCodes) expect(build(code).exit === 1, code).toBe(build(code).http >= 500);
    expect(build('FILE_UNWRITABLE').exit).toBe(1);
    expect(build('FILE_NOT_FOUND').exit).toBe(2);
    expect(errorCodes.filter((code) => build(code).http === 404)).toEqual(
      expect.arrayContaining(['FILE_NOT_FOUND', 'LAW_UNKNOWN', 'FIT_UNKNOWN', 'FIGURE_UNKNOWN']),
    );
  });

  it.each(['COLUMN_UNKNOWN', 'QUANTITY_UNKNOWN', 'LAW_UNKNOWN'] as const)('%s works without a near name', (code) => {
    expect(build(code).message).toContain('Did you mean "tokens"?');
    expect(build(code, { nearest: undefined }).message).not.toContain('Did you mean');
  });

  it('points at the place in a long formula', () => {
    const formula = `y ~ ${'a + '.repeat(60)}b*foo(x)`;
    const position = formula.indexOf('foo') + 1;
    const { statement } = new IsoflopError('FORMULA_INVALID', { formula, reason: 'no', position });
    const [, shown, mark] = statement.split('\n');
    expect(shown.slice(mark.indexOf('^'), mark.indexOf('^') + 3)).toBe('foo');
    expect(shown.length).toBeLessThan(110);
  });

  it.each(['WHERE_INVALID', 'EXPRESSION_INVALID', 'FORMULA_INVALID'] as const)(
    '%s works without a position',
    (code) => {
      expect(build(code).message).toContain('character 6');
      expect(build(code, { position: undefined }).message).not.toContain('character');
    },
  );

  it('names file, line, column and value', () => {
    const error = new IsoflopError('VALUE_NOT_A_NUMBER', { file: 'runs.csv', line: 7, column: 'loss', value: 'abc' });
    expect(error.message).toBe(
      'runs.csv, line 7, column "loss": "abc" is not a number. Correct the value, leave it blank, or leave the row out with --where.',
    );
    expect(error.details).toEqual({ file: 'runs.csv', line: 7, column: 'loss', value: 'abc' });
  });

  it('keeps control characters and very long values out of messages', () => {
    const { message } = new IsoflopError('FILE_NOT_FOUND', { file: `\u001b[31m\u0000${'x'.repeat(1e6)}` });
    expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(message.length).toBeLessThan(200);
    expect(message).toContain('...');
  });

  it('suggests a condition that an expression can read', () => {
    const remedy = (column: string, value: number): string =>
      new IsoflopError('VALUE_NOT_POSITIVE', { file: 'a.csv', line: 2, column, value }).remedy;
    expect(remedy('loss', -1)).toContain("--where 'loss > 0'");
    expect(remedy('Training FLOP', -1)).toContain("--where '`Training FLOP` > 0'");
    expect(remedy('loss', Infinity)).toContain("--where 'loss < 1e300'");
  });
});
