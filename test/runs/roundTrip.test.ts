import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsoflopError } from '../../src/core/errors.ts';
import { parseRuns } from '../../src/runs/read.ts';
import type { Runs } from '../../src/runs/runs.ts';

const numbers = (runs: Runs, name: string): number[] => Array.from(runs.quantities[name] ?? []);

describe('round trips', () => {
  const positive = fc.double({ min: 1, max: 1e24, noNaN: true });
  const row = fc.tuple(positive, positive, positive, fc.double({ min: 1e-3, max: 20, noNaN: true }));

  it('any table of numbers, with any separator, quoting, line end, order of columns and cut', async () => {
    const layout = fc.record({
      separator: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n'),
      quoting: fc.constantFrom('none', 'all', 'some'),
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      last: fc.boolean(),
      mark: fc.boolean(),
      comments: fc.boolean(),
      size: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), layout, async (rows, how) => {
        const quote = (text: string, k: number): string =>
          how.quoting === 'all' || (how.quoting === 'some' && (text.length + k) % 3 === 0) ? `"${text}"` : text;
        const line = (cells: readonly (string | number)[]): string =>
          how.order.map((k) => quote(String(cells[k]), k)).join(how.separator);
        const lines = [line(['params', 'tokens', 'flops', 'loss']), ...rows.map(line)];
        const spaced = how.comments ? lines.flatMap((text) => [text, '# "comment', '']) : lines;
        const text = (how.mark ? '\uFEFF' : '') + spaced.join(how.end) + (how.last ? how.end : '');
        const bytes = Buffer.from(text);
        async function* pieces(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += how.size)
            yield await Promise.resolve(bytes.subarray(at, at + how.size));
        }
        const runs = await parseRuns(pieces());
        ['params', 'tokens', 'flops', 'loss'].forEach((name, k) => {
          expect(numbers(runs, name)).toEqual(rows.map((cells) => cells[k]));
        });
        expect([...runs.lines]).toEqual(rows.map((_, i) => (how.comments ? 3 * i + 4 : i + 2)));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws anything but an IsoflopError, whatever the bytes', async () => {
    const pieces = [
      'N',
      'D',
      'loss',
      'run',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r\n',
      '\r',
      '#',
      '1',
      '2e9',
      '-',
      'x',
      ' ',
      '\0',
      'é',
    ];
    const csvLike = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
    const headed = csvLike.map((tail) => Buffer.concat([Buffer.from('N,D,loss\n1e9,2e10,2\n'), tail]));
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), csvLike, headed);
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (input, size) => {
        async function* cut(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < input.length; at += size) yield await Promise.resolve(input.subarray(at, at + size));
        }
        const result: unknown = await parseRuns(cut(), { extra: ['run'] }).catch((error: unknown) => error);
        if (!(result instanceof IsoflopError)) {
          const { rows, dropped, sources } = result as Runs;
          expect(rows + dropped.reduce((sum, { rows: left }) => sum + left, 0)).toBe(sources[0].rows);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
