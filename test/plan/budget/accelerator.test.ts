import { describe, expect, it } from 'vitest';
import { loadAccelerators, loadShapes } from '../../../src/node/accelerators.ts';
import { acceleratorOf, parseAccelerators } from '../../../src/plan/budget/accelerator.ts';
import { formatTime } from '../../../src/plan/budget/units.ts';
import { codeOf, errorOf } from '../../helpers/errors.ts';

const one = {
  id: 'mine',
  name: 'Mine',
  peakFlops: 1e14,
  memory: 24e9,
  trainingMfu: 0.4,
  inferenceMfu: 0.1,
  pricePerHour: 1.5,
  source: 'measured',
};

describe('accelerators', () => {
  it('ship with peaks, memory, utilisation and where these were read', async () => {
    const list = await loadAccelerators();
    expect(list.map(({ id }) => id)).toEqual(expect.arrayContaining(['h100-sxm', 'a100-80gb', 'tpu-v5p', 'mi300x']));
    expect(acceleratorOf(list, ' H100-SXM ')).toMatchObject({ peakFlops: 989e12, memory: 80e9, trainingMfu: 0.41 });
    for (const { source } of list) expect(source.length).toBeGreaterThan(10);
  });

  it.each([
    ['no list', {}, /accelerators is not a list/],
    ['an empty list', { accelerators: [] }, /is not a list with entries/],
    ['a word', { accelerators: [1] }, /accelerators\[0\] is not an object/],
    ['a share above 1', { accelerators: [{ ...one, trainingMfu: 40 }] }, /trainingMfu is 40, more than all/],
    ['no peak', { accelerators: [{ ...one, peakFlops: undefined }] }, /peakFlops is missing/],
    ['a negative price', { accelerators: [{ ...one, pricePerHour: -1 }] }, /pricePerHour is -1/],
    ['no name', { accelerators: [{ ...one, name: '' }] }, /name is not a text/],
    ['a name twice', { accelerators: [one, one] }, /accelerators\[1\]\.id is "mine" a second time/],
  ])('are refused with %s', (_, value, message) => {
    expect(codeOf(() => parseAccelerators(value, 'mine.json'))).toBe('ACCELERATORS_INVALID');
    expect(errorOf(() => parseAccelerators(value, 'mine.json')).message).toMatch(message);
  });

  it('are found by name, with the nearest where there is none', async () => {
    const list = parseAccelerators({ accelerators: [{ ...one, pricePerHour: null }] }, 'mine.json');
    expect(acceleratorOf(list, 'mine').pricePerHour).toBeNull();
    expect(errorOf(() => acceleratorOf(list, 'mien')).message).toContain('Did you mean "mine"?');
    await expect(loadAccelerators('/nowhere/a.json')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(loadAccelerators('README.md')).rejects.toMatchObject({ code: 'ACCELERATORS_INVALID' });
    await expect(loadShapes('lama-3')).rejects.toMatchObject({ code: 'SHAPE_UNKNOWN' });
    await expect(loadShapes('package.json')).rejects.toMatchObject({ code: 'SHAPES_INVALID' });
  });
});

describe('formatTime', () => {
  it.each([
    [40, '40 s'],
    [750, '12.5 min'],
    [26_000, '7.22 h'],
    [2_678_400, '31 days'],
    [1e8, '3.17 years'],
  ])('prints %d seconds as %s', (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });
});
