import { findRegistration } from '../../src/node/watch/registrationFile.ts';
import { stateOf } from '../../src/node/watch/stateOf.ts';
import { noRows } from '../../src/node/watch/runSource.ts';
import type { Figure } from '../../src/plots/figure.ts';
import { watchFigure } from '../../src/plots/watch.ts';
import { recordedFolder, recordedSource } from '../../src/proxy/live/watchedRun.ts';
import type { WatchState } from '../../src/watch/watchRun.ts';
import type { WatchQuery } from '../schemas/watch.ts';

/**
 * Judges a run of a sweep, or one by itself, as `isoflop watch` does.
 *
 * @param path - folder of the sweep or of the run
 * @param run - its name, one of the plan
 * @throws {@link IsoflopError} `RUNS_MISSING`, `REGISTRATION_INVALID`, `REGISTRATION_TAMPERED`
 */
export async function watchOfSweep(
  path: string,
  run: string,
  query: WatchQuery,
): Promise<{ readonly state: WatchState; readonly figure: Figure }> {
  // The name is looked up in the plan first; only what stands there becomes a part of a path.
  const rows = (await recordedSource(path, run).poll()) ?? noRows(run);
  const registration = await findRegistration(await recordedFolder(path, run));
  const { targetLoss, confidence, flopsPerSecond, pricePerHour } = query;
  const { state, curve } = stateOf(rows, {
    registration,
    ...(targetLoss === undefined ? {} : { target: targetLoss }),
    ...(confidence === undefined ? {} : { confidence }),
    price: {
      ...(flopsPerSecond === undefined ? {} : { flopsPerSecond }),
      ...(pricePerHour === undefined ? {} : { perHour: pricePerHour }),
    },
  });
  return { state, figure: watchFigure(state, curve) };
}
