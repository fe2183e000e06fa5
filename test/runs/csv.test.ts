import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, recordLimit, type CsvSummary } from '../../src/runs/csv.ts';

interface Table extends CsvSummary {
  readonly header: readonly string[];
  readonly separator: string;
  readonly fields: readonly (readonly string[])[];
  readonly lines: readonly number[];
}

/** Reads bytes or text through readCsv, cut into pieces of `size` bytes. */
async function table(input: string | Uint8Array, size = 1e9): Promise<Table> {
  const bytes = Buffer.from(input);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += size) pieces.push(bytes.subarray(start, start + size));
  let header: readonly string[] = [];
  let separator = '';
  const fields: string[][] = [];
  const lines: number[] = [];
  const summary = await readCsv('runs.csv', pieces, {
    header: (names, by) => {
      header = names;
      separator = by;
    },
    row: (row, line) => {
      fields.push(row.slice(0, header.length));
      lines.push(line);
    },
  });
  return { ...summary, header, separator, fields, lines };
}

describe('readCsv', () => {
  it('reads header, rows, line numbers and the digest', async () => {
    const text = 'N,D\n1,2\n3,4\n';
    const result = await table(text);
    expect(result.header).toEqual(['N', 'D']);
    expect(result.fields).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(result.lines).toEqual([2, 3]);
    expect(result.rows).toBe(2);
    expect(result.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each([
    [',', 'a,b;c,d\n1,2,3\n'],
    [';', 'a;b,c;d\n1;2;3\n'],
    ['\t', 'a b\tc,d\te\n1\t2\t3\n'],
    [';', '"a,b,c,d";b;d\n1;2;3\n'],
    [',', '"a;b;c;d",b,d\n1,2,3\n'],
  ])('finds the separator %j in the header', async (separator, text) => {
    const result = await table(text);
    expect(result.separator).toBe(separator);
    expect(result.fields).toEqual([['1', '2', '3']]);
  });

  it.each([
    ['a byte order mark', '\uFEFFN,D\n1,2\n', 2],
    ['a byte order mark before a quote', '\uFEFF"N","D"\n1,2\n', 2],
    ['a byte order mark before a header of two lines', '\uFEFF"N\n",D\n1,2\n', 3],
    ['carriage returns', 'N,D\r\n1,2\r\n', 2],
    ['no last line end', 'N,D\n1,2', 2],
    ['comments', '# made by x\nN,D\n# first run, the "best"\n1,2\n#3,4\n', 4],
    ['blank lines', '\n\nN,D\n\n  \n1,2\n\n\n', 6],
    ['blank lines among quotes', '\n"N",D\n\n1,"2"\n\n\n', 4],
    ['comments among quotes', '"N",D\n#x\n"1",2\n#y', 3],
    ['blanks around names', ' N , D \n1,2\n', 2],
  ])('reads %s', async (_, text, line) => {
    for (const size of [1, 2, 3, 5, 1000]) {
      const result = await table(text, size);
      expect(result.header).toEqual(['N', 'D']);
      expect(result.fields).toEqual([['1', '2']]);
      expect(result.lines).toEqual([line]);
    }
  });

  it('reads quoted fields and counts the lines inside them', async () => {
    const text = 'N,note,D\n1,"a,b",2\n3,"say ""x""\r\nand\ny",4\n5,,6\n"7",z,"8"\n';
    for (const size of [1, 7, 1000]) {
      const result = await table(text, size);
      expect(result.fields).toEqual([
        ['1', 'a,b', '2'],
        ['3', 'say "x"\r\nand\ny', '4'],
        ['5', '', '6'],
        ['7', 'z', '8'],
      ]);
      expect(result.lines).toEqual([2, 3, 6, 7]);
    }
  });

  it('reads # inside a line as any other character', async () => {
    for (const text of ['a,b\n1,#faebdd\nx#,#\n', '"a",b\n1,"#faebdd"\nx#,#\n']) {
      expect((await table(text)).fields).toEqual([
        ['1', '#faebdd'],
        ['x#', '#'],
      ]);
    }
  });

  it('decodes UTF-8 that is cut between the bytes of a character', async () => {
    const result = await table('famille,größe\nété,日本 😀\n', 1);
    expect(result.header).toEqual(['famille', 'größe']);
    expect(result.fields).toEqual([['été', '日本 😀']]);
  });

  it('ignores several columns without a name, as pandas writes', async () => {
    expect((await table(',,N\n0,0,1\n')).header).toEqual(['', '', 'N']);
  });

  it('reads a single column', async () => {
    expect((await table('N\n1\n\n2\n')).fields).toEqual([['1'], ['2']]);
  });

  it.each([
    ['nothing', '', 'CSV_EMPTY', 'runs.csv is empty'],
    ['blank lines', '\n \n', 'CSV_EMPTY', 'runs.csv'],
    ['comments', '# nothing yet\n', 'CSV_EMPTY', 'runs.csv'],
    ['a header', 'N,D\n', 'CSV_NO_ROWS', 'runs.csv has a header but no rows'],
    ['a header without a line end', 'N,D', 'CSV_NO_ROWS', 'runs.csv'],
    ['a header of two lines', '"N\n",D\n', 'CSV_NO_ROWS', 'runs.csv'],
    ['a duplicate name', 'N,D,N\n1,2,3\n', 'CSV_DUPLICATE_COLUMN', 'runs.csv names the column "N" twice'],
    ['a duplicate name but for blanks', 'N,D, N\n1,2,3\n', 'CSV_DUPLICATE_COLUMN', '"N"'],
    [
      'too many columns',
      `${Array.from({ length: 10_001 }, (_, k) => k).join(',')}\n`,
      'CSV_MALFORMED',
      'more than 10000',
    ],
    ['a short row', 'N,D\n1,2\n3\n', 'CSV_MALFORMED', 'runs.csv, line 3: 1 fields where the header names 2'],
    ['a long row', 'N,D\n1,2,3\n', 'CSV_MALFORMED', 'runs.csv, line 2: 3 fields'],
    ['a short row among quotes', 'N,D\n"a\nb",2\n\n3\n', 'CSV_MALFORMED', 'runs.csv, line 5: 1 fields'],
    ['an open quote', 'N,D\n1,2\n3,"4\n5,6\n', 'CSV_MALFORMED', 'runs.csv, line 3: a quote opens here and is never'],
    ['an open quote in the header', 'N,"D\n1,2\n', 'CSV_MALFORMED', 'runs.csv, line 1'],
    ['text after a quote', 'N,D\n1,"2"x\n', 'CSV_MALFORMED', 'runs.csv, line 2: a quote stands'],
    ['a quote inside a field', 'N,D\n1,2\n1,x"y\n', 'CSV_MALFORMED', 'runs.csv, line 3: a quote stands'],
    ['a bad quote in the header', 'N,"D"x\n1,2\n', 'CSV_MALFORMED', 'runs.csv, line 1: a quote stands'],
    ['carriage returns alone', 'N,D\r1,2\r', 'CSV_MALFORMED', 'runs.csv, line 1: the lines end in carriage returns'],
    ['a NUL byte', 'N,D\n1,\u00002\n', 'FILE_BINARY', 'runs.csv holds binary data'],
    ['UTF-16', Buffer.from('\uFEFFN,D\n1,2\n', 'utf16le'), 'FILE_BINARY', 'runs.csv'],
    ['control characters', '\u0001\u0002\u0003N,D\n1,2\n', 'FILE_BINARY', 'runs.csv'],
  ])('refuses %s', async (_, input, code, message) => {
    for (const size of [3, 1000]) {
      if (code === 'FILE_BINARY' && size === 3 && typeof input === 'string') continue;
      await expect(table(input, size)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it('finds binary data after a beginning of text', async () => {
    const text = `N,D\n${'1,2\n'.repeat(100_000)}\0`;
    await expect(table(text)).rejects.toMatchObject({ code: 'FILE_BINARY' });
  });

  it.each([
    ['no line end', 'x', 1],
    ['no line end after a header', 'N,D\n1', 2],
    ['a quote that never closes', 'N,D\n1,2\n3,"', 3],
    ['a quote that never closes in the header', '"', 1],
  ])('refuses 64 MB with %s after little more than 1 MiB', async (_, start, line) => {
    let taken = 0;
    function* pieces(): Generator<Uint8Array> {
      yield Buffer.from(start);
      for (const block = Buffer.alloc(2 ** 16, 'x'); taken < 64e6; taken += block.length) yield block;
    }
    const sink = { header: () => undefined, row: () => undefined };
    await expect(readCsv('runs.csv', pieces(), sink)).rejects.toMatchObject({
      code: 'CSV_LINE_TOO_LONG',
      http: 413,
      message: expect.stringContaining(
        `runs.csv, line ${String(line)}: the record is longer than 1048576 bytes`,
      ) as string,
    });
    expect(taken).toBeLessThan(recordLimit + 3 * 2 ** 16);
  });

  it('reads a long record that is within the limit', async () => {
    const long = 'x'.repeat(recordLimit - 100);
    for (const field of [long, `"${long}"`]) {
      expect((await table(`N,D\n1,${field}\n2,y\n`)).fields[0][1]).toHaveLength(long.length);
    }
  });

  it('passes on what the sink throws', async () => {
    const sink = (where: 'header' | 'row') => ({
      header: () => {
        if (where === 'header') throw new Error('sink');
      },
      row: () => {
        throw new Error('sink');
      },
    });
    for (const text of ['N\n1\n', 'N\n"1"\n']) {
      await expect(readCsv('f', [Buffer.from(text)], sink('header'))).rejects.toThrow('sink');
      await expect(readCsv('f', [Buffer.from(text)], sink('row'))).rejects.toThrow('sink');
    }
  });
});

describe('readCsv against csv-parse', () => {
  const separator = fc.constantFrom(',', ';', '\t');
  const ending = fc.constantFrom('\n', '\r\n');
  const plain = fc.string({ unit: fc.constantFrom(...'ab01.-e é'.split('')), minLength: 1, maxLength: 6 });
  const special = fc.string({ unit: fc.constantFrom(...'a1,;\t"\n é'.split('')), maxLength: 6 });
  const shape = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 8 }));
  const names = ['first', 'second', 'third', 'fourth', 'fifth'];

  it('agrees on random tables, with and without quotes, cut anywhere', async () => {
    const file = fc
      .tuple(shape, separator, ending, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
      .chain(([[width, height], by, end, share, last]) =>
        fc
          .array(
            fc.array(fc.tuple(fc.oneof(plain, special), fc.double({ min: 0, max: 1, noNaN: true })), {
              minLength: width,
              maxLength: width,
            }),
            { minLength: height, maxLength: height },
          )
          .map((rows) => {
            const quote = (text: string, draw: number): string =>
              draw < share || /[,;\t"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
            const body = rows.map((row) => row.map(([text, draw]) => quote(text, draw)).join(by));
            const text = [names.slice(0, width).join(by), ...body].join(end) + (last ? end : '');
            return { text, by };
          }),
      );
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 40 }), async ({ text, by }, size) => {
        const reference = parse(text, { delimiter: by, info: true, skip_empty_lines: true }) as unknown as {
          readonly record: readonly string[];
          readonly info: { readonly lines: number };
        }[];
        const [header, ...rows] = reference.map((entry) => entry.record);
        fc.pre(rows.length > 0);
        const result = await table(text, size);
        expect(result.header).toEqual(header);
        expect(result.fields).toEqual(rows);
        // The line on which the record ends, which csv-parse tells, less the line breaks inside it.
        const breaks = (row: readonly string[]): number => row.join('').split('\n').length - 1;
        expect(result.lines).toEqual(reference.slice(1).map((entry, k) => entry.info.lines - breaks(rows[k])));
      }),
      { numRuns: 500 },
    );
  });
});
