import type { LawFit } from '../fit/fitLaw.ts';
import type { Fit } from '../fit/result.ts';
import type { Runs } from '../runs/runs.ts';
import type { FitRequest } from '../node/request/options.ts';
import { createProgress } from './progress.ts';
import { readFiles } from './readFiles.ts';

/** A law fitted to the rows of some files, with the means to fit others to the same rows. */
export interface FittedFiles {
  readonly runs: Runs;
  readonly lawFit: LawFit;
  /** The fit with its errors. */
  readonly fit: Fit;
}

/**
 * Reads the files and fits one law to them, for commands that need more of the fit than its report.
 *
 * @param needs - quantities that the rows have to have besides those of the law
 * @throws {@link IsoflopError} as `readRuns` and `fitRuns`
 */
export async function fitOne(
  paths: readonly string[],
  flags: FitRequest & { readonly bootstrap: number },
  needs: readonly string[] = [],
): Promise<FittedFiles> {
  const [{ estimateErrors }, { lawOfFile, neededBy }, { fitLaw }, { filesNamed }, { optionsOf }] = await Promise.all([
    import('../node/fitRuns.ts'),
    import('../node/lawOption.ts'),
    import('../fit/fitLaw.ts'),
    import('../node/request/read.ts'),
    import('../node/request/options.ts'),
  ]);
  const files = filesNamed(paths, flags.sql);
  // Nobody predicts from this fit, so it needs no backtests.
  const options = { ...optionsOf(flags), law: flags.law ?? 'chinchilla', calibrate: false };
  const law = await lawOfFile(options, files.at(0), flags);
  const runs = await readFiles(files, flags, { needs: [...neededBy(law), ...needs] });
  const lawFit = fitLaw(law, runs, options);
  const refitting = createProgress('bootstrap', flags.bootstrap);
  try {
    const onProgress = (done: number): void => {
      refitting.update(done);
    };
    return { runs, lawFit, fit: await estimateErrors(lawFit, { ...options, onProgress }) };
  } finally {
    refitting.stop();
    const { stopThreads } = await import('../node/threads.ts');
    await stopThreads();
  }
}
