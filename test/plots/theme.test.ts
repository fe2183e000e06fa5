import { expect, it } from 'vitest';
import { sequentialColor, sequentialScale } from '../../src/plots/theme.ts';

it('blends the ordered palette between its ends', () => {
  expect(sequentialColor(0)).toBe('rgb(143, 215, 68)');
  expect(sequentialColor(1)).toBe('rgb(68, 1, 84)');
  expect(sequentialColor(-3)).toBe(sequentialColor(0));
  expect(sequentialColor(0.1)).toBe('rgb(98, 199, 95)');
  expect(sequentialScale[0][0]).toBe(0);
  expect(sequentialScale.at(-1)?.[0]).toBe(1);
});
