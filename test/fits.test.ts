import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFits } from '../scripts/fits.ts';
import { loadFit } from '../src/node/savedFits.ts';

const committed = fileURLToPath(new URL('../fits', import.meta.url));
let fresh: string;
let names: string[];

beforeAll(async () => {
  fresh = await mkdtemp(join(tmpdir(), 'isoflop-fits-'));
  names = await writeFits(fresh);
});
afterAll(async () => {
  await rm(fresh, { recursive: true });
});

/** Where two documents differ by more than a relative 1e-5: another version of Node may round differently. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b)) ? [] : [`${path}: ${a} and ${b}`];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return a === b ? [] : [`${path}: ${String(a)} and ${String(b)}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differences(a[key as keyof typeof a], b[key as keyof typeof b], `${path}/${key}`));
}

describe('fits/', () => {
  it('holds what npm run fits writes, and nothing else', async () => {
    const files = (await readdir(committed)).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual([...names].sort());
  });

  it('agrees with fits made afresh', async () => {
    for (const name of names) {
      const [before, after] = await Promise.all([loadFit(join(committed, name)), loadFit(join(fresh, name))]);
      const { bootstrap: drawn, gradientNorm: g0, covariance: c0, ...old } = before;
      const { bootstrap: redrawn, gradientNorm: g1, covariance: c1, ...now } = after;
      expect(differences(now, old), name).toEqual([]);
      expect(g0 < 1e-9 && g1 < 1e-9, `${name}: gradient norms ${g0}, ${g1}`).toBe(true);
      expect(c1.kind).toBe(c0.kind);
      expect(redrawn?.certified).toBe(drawn?.certified);
      const far = redrawn?.draws.findIndex((x, k) => Math.abs(x - (drawn?.draws[k] ?? NaN)) > 1e-4);
      expect(far ?? -1, `${name}: first draw that differs`).toBe(-1);
    }
  });

  it('holds the optimum of Besiroglu et al. (arXiv 2404.10102)', async () => {
    const { objective, params, optimum, status } = await loadFit(join(committed, 'chinchilla.json'));
    expect(status).toBe('converged');
    expect(objective.value).toBeCloseTo(0.0010182740178, 13);
    expect(params.E.value).toBeCloseTo(1.817218, 6);
    expect(params.A.value).toBeCloseTo(477.826, 3);
    expect(params.B.value).toBeCloseTo(2143.417, 3);
    expect(params.alpha.value).toBeCloseTo(0.3473105, 7);
    expect(params.beta.value).toBeCloseTo(0.3671724, 7);
    expect(optimum?.paramsExponent).toBeCloseTo(0.5139, 4);
  });
});
