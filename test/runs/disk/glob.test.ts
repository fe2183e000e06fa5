import { describe, expect, it } from 'vitest';
import { isPattern, patternExpression, patternRoot } from '../../../src/runs/disk/glob.ts';

describe('patterns of paths', () => {
  it.each([
    ['runs/**', ['runs/a', 'runs/a/b.csv'], ['runs', 'run/a', 'other/runs/a']],
    ['runs/*', ['runs/a.csv', 'runs/.b'], ['runs/a/b', 'runs']],
    ['runs/**/*.csv', ['runs/a.csv', 'runs/x/y/a.csv'], ['runs/a.csvx', 'runs/acsv']],
    ['**/*.jsonl', ['a.jsonl', 'x/y.jsonl'], ['a.json']],
    ['runs/{small,big-?}/m.csv', ['runs/small/m.csv', 'runs/big-1/m.csv'], ['runs/big-10/m.csv']],
    ['a[0-2b].csv', ['a1.csv', 'ab.csv'], ['a3.csv']],
    ['a[!0-2].csv', ['a3.csv'], ['a1.csv', 'a/.csv']],
    ['a+(b)$^.{csv}', ['a+(b)$^.csv'], ['ab.csv']],
    ['a**b', ['axxb', 'ab'], ['a/b']],
  ])('%s', (pattern, matching, others) => {
    const expression = patternExpression(pattern);
    for (const path of matching) expect(expression.test(path), path).toBe(true);
    for (const path of others) expect(expression.test(path), path).toBe(false);
  });

  it('begins to look in the folder before the first pattern', () => {
    expect(patternRoot('runs/a/*/b')).toBe('runs/a');
    expect(patternRoot('*.csv')).toBe('.');
    expect(patternRoot('/*/a')).toBe('/');
    expect(patternRoot('/data/run-?')).toBe('/data');
    expect(isPattern('runs/a.csv')).toBe(false);
  });
});
