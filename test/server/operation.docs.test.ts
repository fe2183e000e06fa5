import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../server/limits.ts';
import { defaultRate, uploadsPerMinute } from '../../server/plugins/rateLimit.ts';
import { wrongTokensPerMinute } from '../../server/plugins/token.ts';
import { formatQuantity } from '../../src/core/quantity.ts';
import { formatBytes, formatDuration, parseBytes, parseDuration } from '../../src/core/sizes.ts';
import { codeOf } from '../helpers/errors.ts';

const docs = await readFile(join(import.meta.dirname, '../../docs/server.md'), 'utf8');

it('docs/server.md lists every limit with its default', () => {
  const listed = [...docs.matchAll(/^\| `(\w+)`: [^|]*\| (\S+) /gm)].map(([, name = '', value = '']) => [name, value]);
  const shown = (name: string, value: number): string => {
    if (name.endsWith('Ms')) return formatDuration(value);
    return name.endsWith('Bytes') ? formatBytes(value) : formatQuantity(value);
  };
  const expected = Object.entries(defaultLimits).map(([name, value]) => [name, shown(name, value as number)]);
  expect(listed.sort()).toEqual(expected.sort());
  expect(docs).toContain(`may make ${String(defaultRate)} requests a minute under`);
  expect(docs).toContain(`${String(uploadsPerMinute)} uploads`);
  expect(docs).toContain(`more than ${String(wrongTokensPerMinute)} wrong tokens in a minute`);
});

it('reads sizes and durations as it prints them', () => {
  for (const bytes of [1, 999, 1024, 65_536, 256e6, 256 * 2 ** 20, 3 * 2 ** 30])
    expect(parseBytes(formatBytes(bytes))).toBe(bytes);
  for (const ms of [1, 500, 1000, 90_000, 600_000, 7_200_000]) expect(parseDuration(formatDuration(ms))).toBe(ms);
  expect([parseBytes('1.5 MB'), parseBytes('256mib'), parseDuration('10'), parseDuration('1.5m')]).toEqual([
    1_500_000,
    2 ** 28,
    10_000,
    90_000,
  ]);
  for (const text of ['', '0', '-1', 'MB', '1e3', '1TB', '10x', '0.0001B'])
    expect(
      codeOf(() => parseBytes(text)),
      text,
    ).toBe('OPTION_INVALID');
  for (const text of ['', '0', '-1s', 's', '25d', '1000h'])
    expect(
      codeOf(() => parseDuration(text)),
      text,
    ).toBe('OPTION_INVALID');
});
