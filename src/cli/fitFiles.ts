import { IsoflopError } from '../core/errors.ts';
import type { FitRequest } from '../node/request/options.ts';
import type { FitAttempt } from '../report/comparison.ts';
import { createProgress } from './progress.ts';
import { readFiles } from './readFiles.ts';

/** What the options of `fit` parse to. */
export interface FitFlags extends FitRequest {
  calibration: boolean;
  bootstrap: number;
  laws?: string[];
  out?: string;
  json?: boolean;
  strict?: boolean;
}

/**
 * Reads the files once and fits each of the laws to the rows that all of them can use. The error of a law that cannot be
 * fitted to these data is part of the result; bad usage and bad files are thrown.
 */
export async function fitFiles(paths: string[], flags: FitFlags, laws: readonly string[]): Promise<FitAttempt[]> {
  const [{ fitRuns }, { neededBy }, { filesNamed, resolveLaws }, { optionsOf }] = await Promise.all([
    import('../node/fitRuns.ts'),
    import('../node/lawOption.ts'),
    import('../node/request/read.ts'),
    import('../node/request/options.ts'),
  ]);
  const files = filesNamed(paths, flags.sql);
  const { laws: resolved, options: asked } = await resolveLaws(files.at(0), flags, laws);
  const options = { ...optionsOf(flags), ...asked, calibrate: flags.calibration && laws.length === 1 };
  const runs = await readFiles(files, flags, { needs: resolved.flatMap(neededBy) });

  try {
    const fits: FitAttempt[] = [];
    for (const [k, { id }] of resolved.entries()) {
      const refitting = createProgress('bootstrap', flags.bootstrap);
      const onProgress = (done: number): void => {
        refitting.update(done);
      };
      try {
        fits.push({ law: id, fit: await fitRuns(runs, { ...options, law: laws[k], onProgress }) });
      } catch (error) {
        if (!(error instanceof IsoflopError)) throw error;
        fits.push({ law: id, error: error as IsoflopError });
      } finally {
        refitting.stop();
      }
    }
    return fits;
  } finally {
    const { stopThreads } = await import('../node/threads.ts');
    await stopThreads();
  }
}
