import { IsoflopError } from '../core/errors.ts';
import type { Law } from '../laws/law.ts';
import type { FitRunsOptions } from '../node/fitRuns.ts';
import type { FitAttempt } from '../report/comparison.ts';
import type { DataFlags, ErrorFlags, LawFlags } from './dataOptions.ts';
import { createProgress } from './progress.ts';
import { readFiles } from './readFiles.ts';

/** What the options of `fit` parse to. */
export interface FitFlags extends DataFlags, LawFlags, ErrorFlags {
  laws?: string[];
  out?: string;
  json?: boolean;
  strict?: boolean;
}

/**
 * Reads the files once and fits each of the laws to the rows that all of them can use. The error of a law that cannot be
 * fitted to these data is part of the result; bad usage and bad files are thrown.
 */
export async function fitFiles(files: string[], flags: FitFlags, laws: readonly string[]): Promise<FitAttempt[]> {
  const [{ fitRuns }, { lawOfFile, neededBy }] = await Promise.all([
    import('../node/fitRuns.ts'),
    import('../node/lawOption.ts'),
  ]);
  const asked = optionsOf(flags);
  const resolved: Law[] = [];
  for (const law of laws) resolved.push(await lawOfFile({ ...asked, law }, files[0], flags.columns));
  // Laws stand side by side under one objective.
  const objective = asked.objective ?? resolved.find((law) => law.objective !== undefined)?.objective;
  const options = { ...asked, ...(objective === undefined ? {} : { objective }) };
  const responses = [...new Set(resolved.map((law) => law.response.name))];
  if (responses.length > 1)
    throw new IsoflopError('USAGE', {
      message: `The laws predict different things (${responses.join(', ')}), so they cannot stand side by side.`,
      remedy: 'Compare laws of one response.',
    });
  const runs = await readFiles(files, flags, resolved.flatMap(neededBy));

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

/** The options of a fit that the flags ask for. */
export function optionsOf(flags: LawFlags & ErrorFlags): FitRunsOptions {
  return {
    covariance: flags.covariance,
    bootstrap: flags.bootstrap,
    confidence: flags.confidence,
    seed: flags.seed,
    solver: flags.solver,
    ...(flags.objective === undefined ? {} : { objective: flags.objective }),
    ...(flags.positive === undefined ? {} : { positive: flags.positive }),
    ...(flags.delta === undefined ? {} : { delta: flags.delta }),
    ...(flags.start === undefined ? {} : { start: flags.start }),
    ...(flags.fix === undefined ? {} : { fixed: flags.fix }),
    ...(flags.tie === undefined ? {} : { tied: flags.tie }),
    ...(flags.bounds === undefined ? {} : { bounds: flags.bounds }),
    ...(flags.runWeights === true ? { weights: 'run' as const } : {}),
    ...(flags.group === undefined ? {} : { group: flags.group }),
  };
}
