import type { SavedFit } from '../../src/report/savedFit.ts';
import { given } from '../../src/node/request/options.ts';
import type { CreateFit } from '../schemas/fitRequest.ts';

const digest = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;

const orUndefined = <T>(value: T | null): T | undefined => value ?? undefined;

const unlessEmpty = <T extends object>(values: T): T | undefined =>
  Object.keys(values).length === 0 ? undefined : values;

/**
 * The request that makes a saved fit again, so that a page can show its options and change them.
 *
 * @returns `null` where the fit was made of no file, such as one of published coefficients
 */
export function requestOf(fit: SavedFit): CreateFit | null {
  const { data, settings, objective, bootstrap, formula, covariance, confidence } = fit;
  if (!digest.test(data.sha256)) return null;
  const { where, dropTokens, afterWarmup, fromFraction, lastPart, finals, thin, nearOptimal } = settings;
  const chooses =
    dropTokens !== null || afterWarmup !== null || fromFraction !== null || lastPart !== null || finals || false;
  return {
    datasets: data.sha256.split(','),
    law: fit.law,
    covariance: covariance.kind.startsWith('classical') ? 'classical' : 'sandwich',
    confidence,
    objective: objective.name,
    ...given({
      positive: formula === null ? undefined : [...formula.positive],
      columns: unlessEmpty({ ...data.conventions.columns }),
      where: orUndefined(where),
      dropTokens: orUndefined(dropTokens),
      afterWarmup: orUndefined(afterWarmup),
      fromFraction: orUndefined(fromFraction),
      lastPart: orUndefined(lastPart),
      finals: finals || undefined,
      thin: orUndefined(thin),
      // What was used without a choice of checkpoints is every row: without this the default would leave some out.
      allCheckpoints: !chooses || undefined,
      nearOptimal: nearOptimal?.within,
      flopsPerToken: data.conventions.flopsPerParamToken === 6 ? undefined : data.conventions.flopsPerParamToken,
      runWeights: settings.weights === 'run' || undefined,
      delta: orUndefined(objective.delta),
      fix: unlessEmpty({ ...settings.fixed }),
      tie: unlessEmpty({ ...settings.tied }),
      bounds: unlessEmpty(
        Object.fromEntries(
          Object.entries(settings.bounds).map(([name, [low, high]]): [string, [number, number]] => [name, [low, high]]),
        ),
      ),
      start: unlessEmpty({ ...settings.start }),
      solver: settings.solver === 'newton' ? undefined : settings.solver,
      bootstrap: bootstrap?.resamples,
      resampling: bootstrap?.resampling,
      seed: bootstrap?.seed,
      group: bootstrap?.group,
      calibration: fit.calibration === null ? false : undefined,
    }),
  };
}
