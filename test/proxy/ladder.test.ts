import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readRuns } from '../../src/runs/files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'isoflop-ladder-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** `npm run ladder` as it is, on a sweep of seconds. */
describe('the smoke ladder', () => {
  it('trains six sizes and predicts the largest from the others', { timeout: 120_000 }, async () => {
    const out = join(folder, 'smoke');
    const args = ['--import', 'tsx', 'scripts/ladder.ts', 'data/sweeps/smoke.yaml', '--out', out];
    const said = execFileSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

    const { quantities } = await readRuns(join(out, 'runs.csv'));
    expect(new Set(quantities.params).size).toBe(6);
    expect(new Set(quantities.tokens).size).toBeGreaterThanOrEqual(3);

    const [, error] = /error on the held-out size: ([\d.]+)%/.exec(said) ?? [];
    expect(Number(error)).toBeLessThanOrEqual(4);
    expect(said).toContain('Inside the 90% interval: 3 of 3 held-out runs.');
    const [, E, entropy, away] =
      /E ([\d.]+) with a standard error .* is ([\d.]+) exactly, ([\d.]+) standard errors away/.exec(said) ?? [];
    // ln 32 is the loss of a model that knows nothing, and the entropy of r^-1.2 over 32 ranks is this.
    expect(Number(entropy)).toBeCloseTo(2.5993, 4);
    expect(Number(E)).toBeGreaterThan(0);
    expect(Number(away)).toBeLessThanOrEqual(2);
    expect(readFileSync(join(out, 'smoke.svg'), 'utf8')).toMatch(/^<svg[^]*<\/svg>\s*$/);
    expect(readFileSync(join(out, 'outcome.md'), 'utf8')).toContain('(met)');
  });
});
