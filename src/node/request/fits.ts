import type { LawFit } from '../../fit/fitLaw.ts';
import { fitLaw } from '../../fit/fitLaw.ts';
import type { Fit } from '../../fit/result.ts';
import type { BootstrapExecutor } from '../../uncertainty/bootstrap.ts';
import { estimateErrors } from '../fitRuns.ts';
import { lawOfFile, neededBy } from '../lawOption.ts';
import { optionsOf, type FitRequest } from './options.ts';
import type { readRequested, RunsFile } from './read.ts';

/** Who refits resamples, and who is told how far the work is. */
export interface FitMeans {
  readonly resamples?: BootstrapExecutor;
  readonly onProgress?: (stage: 'fitting' | 'bootstrap' | 'backtests', done: number, total: number) => void;
}

/**
 * Reads the files, fits one law to their rows and estimates its errors.
 *
 * @param read - reads the runs
 * @throws {@link IsoflopError} as `readRuns` and `fitRuns`
 */
export async function fitRequested(
  files: readonly RunsFile[],
  request: FitRequest,
  read: typeof readRequested,
  { resamples, onProgress }: FitMeans = {},
): Promise<{ readonly fit: Fit; readonly lawFit: LawFit }> {
  const options = {
    ...optionsOf(request),
    law: request.law ?? 'chinchilla',
    calibrate: request.calibration ?? true,
    ...(resamples === undefined ? {} : { execute: resamples }),
  };
  const law = await lawOfFile(options, files[0], request);
  const runs = await read(files, request, { needs: neededBy(law) });
  onProgress?.('fitting', 0, 1);
  const lawFit = fitLaw(law, runs, options);
  const fit = await estimateErrors(lawFit, {
    ...options,
    onProgress: (done, total) => {
      onProgress?.(done === total && options.calibrate ? 'backtests' : 'bootstrap', done === total ? 0 : done, total);
    },
  });
  return { fit, lawFit };
}
