import { createRuns } from '../../src/runs/create.ts';
import type { Fit } from '../../src/fit/result.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { lastTokens, type RunCurve } from '../../src/watch/curve.ts';
import { levelAt } from '../../src/watch/level.ts';

/** Chinchilla's law of the ends of some runs, or of every so many of their rows. */
export async function fitOf(runs: readonly RunCurve[], every?: number): Promise<Fit> {
  const rows = runs.flatMap((run) => {
    const kept =
      every === undefined ? [lastTokens(run)] : Array.from(run.tokens).filter((_, k) => k % every === every - 1);
    return kept.map((tokens) => ({ run, tokens, loss: Math.exp(levelAt(run, tokens)?.log ?? NaN) }));
  });
  const columns = {
    params: rows.map(({ run }) => run.params ?? NaN),
    tokens: rows.map(({ tokens }) => tokens),
    loss: rows.map(({ loss }) => loss),
    run: rows.map(({ run }) => run.name),
  };
  return await fitRuns(createRuns(columns), { calibrate: false, confidence: 0.9 });
}
