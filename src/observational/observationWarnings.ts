import { roundPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Holdout, Way } from './holdout.ts';
import type { Observation, ObservedTask } from './observation.ts';

/** A coverage this much below the promise is no matter of chance. */
const beyondChance = 2;

/** Reasons to be careful with an observation. */
export function observationWarnings({ capabilities, task, predictions }: Omit<Observation, 'warnings'>): Warning[] {
  const warnings: Warning[] = [];
  if (!capabilities.settled)
    warnings.push(
      createWarning(
        'STALLED',
        `The scores that were filled in for missing ones still moved after ${String(capabilities.iterations)} passes.`,
        { level: 'warning', remedy: 'Leave out benchmarks that few models have (--benchmarks).' },
      ),
    );
  if (task !== null) warnings.push(...taskWarnings(task));
  const far = predictions.filter(({ extrapolation }) => extrapolation > 1 || extrapolation < 1);
  if (far.length > 0) {
    const farthest = far.reduce((a, b) =>
      Math.abs(Math.log(b.extrapolation)) > Math.abs(Math.log(a.extrapolation)) ? b : a,
    );
    const { family, flops, extrapolation } = farthest;
    const factor = formatQuantity(extrapolation > 1 ? extrapolation : 1 / extrapolation, 2);
    warnings.push(
      createWarning(
        'EXTRAPOLATION',
        `${family} at ${formatQuantity(flops)} FLOP lies a factor of ${factor} ${extrapolation > 1 ? 'above its largest' : 'below its smallest'} model.`,
        {
          remedy: 'The interval assumes that the family goes on in its line: data, recipe and architecture as before.',
          numbers: { flops, factor: extrapolation },
        },
      ),
    );
  }
  return warnings;
}

function taskWarnings({ name, model, calibration, holdout }: ObservedTask): Warning[] {
  const { sigmoid } = model;
  const warnings: Warning[] = [];
  if (sigmoid.status !== 'converged')
    warnings.push(
      createWarning(
        sigmoid.status === 'stalled' ? 'STALLED' : 'UNIDENTIFIABLE',
        `The sigmoid of ${name} is not determined: ${sigmoid.reasons.join('; ')}.`,
        {
          level: 'warning',
          remedy: 'Take fewer capabilities (--components), hold the floor (--floor), or add models.',
        },
      ),
    );
  for (const [what, { splits }] of Object.entries(calibration)) {
    const asked = splits.reduce((sum, { scores }) => sum + scores.length, 0);
    if (asked < 10)
      warnings.push(
        createWarning(
          'NOT_CALIBRATED',
          `Lower cutoffs asked about ${String(asked)} models by ${what === 'family' ? 'family and compute' : 'their benchmarks'}, too few to say how wide its intervals have to be.`,
          { remedy: 'Add models, or take a higher cutoff.', numbers: { asked } },
        ),
      );
  }
  return holdout === null ? warnings : [...warnings, ...holdoutWarnings(name, holdout)];
}

function holdoutWarnings(name: string, { errors, confidence, test }: Holdout): Warning[] {
  const of = (way: Way): Holdout['errors'][number] | undefined => errors.find((one) => one.way === way);
  const own = of('capabilities');
  if (own === undefined || own.models === 0) return [];
  const warnings: Warning[] = [];
  const better = (['compute', 'mean'] as const).filter(
    (way) => (of(way)?.meanAbsolute ?? Infinity) <= own.meanAbsolute,
  );
  if (better.length > 0)
    warnings.push(
      createWarning(
        'BASELINE_WINS',
        `Of ${String(test)} held-out models ${name} is predicted no better from the other benchmarks (off by ${own.meanAbsolute.toPrecision(2)}) than by ${better.map((way) => `${way === 'compute' ? 'compute alone' : 'the mean'} (${String(of(way)?.meanAbsolute.toPrecision(2))})`).join(' and ')}.`,
        {
          remedy: 'Do not predict this task from these benchmarks.',
          numbers: { error: own.meanAbsolute, baseline: of(better[0])?.meanAbsolute ?? NaN },
        },
      ),
    );
  for (const { way, coverage, models } of errors) {
    if (coverage === null) continue;
    const deviation = Math.sqrt((confidence * (1 - confidence)) / models);
    if (coverage < confidence - beyondChance * deviation - 0.5 / models)
      warnings.push(
        createWarning(
          'INTERVALS_TOO_NARROW',
          `Intervals of ${roundPercent(confidence, 3)} by ${way} held ${roundPercent(coverage, 2)} of ${String(models)} held-out models.`,
          { numbers: { coverage, confidence, models }, remedy: 'Take the measured coverage for the true one.' },
        ),
      );
  }
  return warnings;
}
