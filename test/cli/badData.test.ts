import { expect, it } from 'vitest';
import { folderWith, isoflop, runsCsv } from './run.ts';

const header = 'params,tokens,loss\n';
const good = runsCsv([1e8, 3e8, 1e9], [2e9, 2e10]);
const sizes = [1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9];
const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly options?: readonly string[];
  /** Words that the message has to hold: where, which value, what to do. */
  readonly words: readonly string[];
}

const cases: readonly Case[] = [
  { what: 'an empty file', content: '', words: ['runs.csv is empty', 'first line'] },
  { what: 'a header only', content: header, words: ['runs.csv has a header but no rows'] },
  {
    what: 'text in a number',
    content: `${header}1e9,1e9,3\n1e9,2e9,3.x\n`,
    words: ['runs.csv, line 3, column "loss"', '"3.x" is not a number', '--where'],
  },
  {
    what: 'a negative number',
    content: `${header}-7,1e9,3\n`,
    words: ['line 2, column "params"', '-7', "'params > 0'"],
  },
  { what: 'a zero', content: `${header}1e9,0,3\n`, words: ['line 2, column "tokens"', 'value 0 ', "'tokens > 0'"] },
  { what: 'a loss of zero', content: `${header}1e9,1e9,0\n`, words: ['line 2, column "loss"', "'loss > 0'"] },
  {
    what: 'an infinity',
    content: `${header}1e9,1e9,3\n\n1e9,1e999,3\n`,
    words: ['line 4, column "tokens"', 'Infinity', "'tokens < 1e300'"],
  },
  { what: 'losses that are all blank', content: `${header}1e9,1e9,\n`, words: ['None of the 1 row', 'blank or NaN'] },
  { what: 'a column named twice', content: 'N,D,loss,loss\n1,2,3,4\n', words: ['runs.csv', '"loss" twice'] },
  {
    what: 'no column for the loss',
    content: 'N,D,perf\n1,2,3\n',
    words: ['no column for loss', '--columns loss=NAME'],
  },
  {
    what: 'an unknown column',
    content: good,
    options: ['--columns', 'loss=los'],
    words: ['no column "los"', 'Did you mean "loss"?'],
  },
  {
    what: 'an unknown column in --where',
    content: good,
    options: ['--where', 'tokns > 0'],
    words: ['no column "tokns"', 'Did you mean "tokens"?'],
  },
  {
    what: 'an unknown column in --group',
    content: good,
    options: ['--group', 'nope'],
    words: ['no column "nope"', 'Its columns are'],
  },
  {
    what: 'an unknown quantity',
    content: good,
    options: ['--columns', 'param=params'],
    words: ['"param" is not a quantity', 'Did you mean "params"?'],
  },
  {
    what: 'a condition that leaves nothing',
    content: good,
    options: ['--where', 'loss < 0'],
    words: ['None of the 6 rows', 'loss < 0', 'Loosen'],
  },
  {
    what: 'fewer rows than parameters',
    content: runsCsv([1e8, 1e9], [1e9, 2e10]),
    words: ['4 rows cannot determine the 5 free parameters', '--fix'],
  },
  {
    what: 'one model size',
    content: runsCsv([1e9], [1e9, 2e9, 3e9, 4e9, 5e9, 6e9]),
    words: ['same params (1e9)', '--fix'],
  },
  {
    what: 'one ratio of tokens to parameters',
    content: `${header}${sizes.map((n, k) => `${n},${20 * n},${4 - k / 4}`).join('\n')}\n`,
    words: ['tokens / params is 20 in every run', 'cannot separate', '--fix'],
  },
  { what: 'a field too many', content: `${header}1,2,3,4\n`, words: ['runs.csv, line 2: 4 fields', 'names 3'] },
  { what: 'a quote that is not closed', content: `${header}"1e9,1e9,3\n`, words: ['line 2', 'never closed'] },
  { what: 'a line without end', content: `${header}${'1'.repeat(5e6)}`, words: ['line 2', '1048576 bytes'] },
  { what: 'a binary file', content: elf, words: ['runs.csv holds binary data'] },
];

it.each(cases)('fit refuses $what', async ({ content, options = [], words }) => {
  const folder = await folderWith({ 'runs.csv': content });
  const { status, stdout, stderr } = await isoflop(['fit', 'runs.csv', ...options, '--out', 'fit.json'], {
    cwd: folder,
  });
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).not.toContain('\n    at ');
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it('fit refuses what is no readable file, and names the one of several that is bad', async () => {
  const folder = await folderWith({ 'a.csv': good, 'b.csv': `${header}x,1e9,3\n` });
  const [missing, directory, second] = await Promise.all([
    isoflop(['fit', 'nowhere.csv'], { cwd: folder }),
    isoflop(['fit', '.'], { cwd: folder }),
    isoflop(['fit', 'a.csv', 'b.csv'], { cwd: folder }),
  ]);
  expect(missing).toEqual({
    status: 2,
    stdout: '',
    stderr: 'error: There is no file "nowhere.csv". Check the path.\n',
  });
  expect(directory.status).toBe(2);
  // A folder means the files in it.
  expect(directory.stderr).toContain('b.csv, line 2, column "params": "x"');
  expect(second.status).toBe(2);
  expect(second.stderr).toContain('b.csv, line 2, column "params": "x"');
});

const point = ['--params', '1B', '--tokens', '20B'];
const savedFits: readonly [string, string | Uint8Array, readonly string[]][] = [
  ['an empty file', '', ['fit.json is not a whole saved fit']],
  ['a CSV', good, ['not a whole saved fit', 'isoflop fit RUNS.csv --out']],
  ['a binary file', elf, ['not a whole saved fit']],
  ['other JSON', '{"a": 1}', ['not a valid saved fit: format is missing', 'schema/fit.json']],
  ['JSON that is no object', '[1]', ['not a valid saved fit: the document is [1]']],
];

it.each(savedFits)('predict refuses %s in place of a saved fit', async (_, content, words) => {
  const folder = await folderWith({ 'fit.json': content });
  const { status, stdout, stderr } = await isoflop(['predict', 'fit.json', ...point], { cwd: folder });
  // One printable line: a terminal must not be driven by the bytes of a file.
  expect(stderr).toMatch(/^error: [^\p{Cc}]+\n$/u);
  for (const word of words) expect(stderr).toContain(word);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
