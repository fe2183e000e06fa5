import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { loadFit } from '../../src/node/savedFits.ts';
import { compareApproaches } from '../../src/plan/approaches/index.ts';
import { formatApproaches } from '../../src/report/approachesText.ts';
import { publishedFit } from '../../src/uncertainty/published.ts';

const fit = await loadFit(join(import.meta.dirname, '../../fits/chinchilla.json'));

it('puts the approaches side by side with what they rest on', () => {
  const text = formatApproaches(compareApproaches(fit, 5.76e23, { resamples: 200 }));
  const lines = text.split('\n');
  expect(lines[0]).toBe('Compute-optimal training with 5.76e23 FLOP, 95% intervals');
  expect(lines[1].trim().split(/\s{2,}/)).toEqual(['1 envelope', '2 parabola', '2 Akima', '3 law']);
  const [, ...exponents] =
    lines
      .find((line) => line.includes('a in N*'))
      ?.trim()
      .split(/\s{2,}/) ?? [];
  expect(exponents).toHaveLength(4);
  for (const cell of exponents) expect(cell).toMatch(/^0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]$/);
  expect(exponents[3]).toMatch(/^0\.514 \[0\.481, 0\.557\]$/);
  expect(text).toMatch(/^ {2}2 parabola +N\* -0\.7% +D\* \+0\.7% +a 0\.513 for 0\.514/m);
  expect(text).toMatch(/^ {2}1 envelope +236 of 240 points on 38 curves/m);
  expect(text).toMatch(/^ {2}2\.94e21 +10 +8 /m);
  expect(text).toContain('200 resamples with seed noise');
  for (const line of lines.slice(9)) expect(line.length).toBeLessThanOrEqual(100);
});

it('says why an approach has no answer', () => {
  const text = formatApproaches(compareApproaches(publishedFit(chinchilla, chinchilla.published[0]), 1e24));
  expect(text).toMatch(/^ {2}1 envelope +No answer: the fit has no runs/m);
  expect(text).toMatch(/^ {2}params N\* +- +- +- +\d/m);
  expect(text).not.toContain('resamples');
});

it('writes only the approaches asked for', () => {
  const text = formatApproaches(compareApproaches(fit, 5.76e23, { approaches: [3] }), { color: true });
  expect(text).toContain('\u001b[1m');
  expect(text).not.toContain('envelope');
  expect(text).not.toContain('Minima');
});
