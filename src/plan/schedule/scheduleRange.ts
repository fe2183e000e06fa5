import { roundPercent } from '../../core/percent.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { lastStep, warmupOf, type Schedule } from '../../laws/curve/schedule.ts';
import { scheduleRates } from '../../laws/curve/scheduleRates.ts';

/** A schedule this much outside what was fitted, relatively, is as good as inside. */
const outsideBy = 0.005;

/** What tells a schedule apart, as far as a fit to others may not reach. */
export interface ScheduleTraits {
  /** Last step. */
  readonly steps: number;
  /** Largest learning rate. */
  readonly peak: number;
  /** Smallest learning rate after the warm-up. */
  readonly least: number;
}

/** The traits of a schedule. */
export function traitsOf(schedule: Schedule): ScheduleTraits {
  const rates = scheduleRates(schedule);
  let [peak, least] = [0, Infinity];
  for (let s = Math.min(warmupOf(schedule), rates.length - 1); s < rates.length; s++) {
    peak = Math.max(peak, rates[s]);
    least = Math.min(least, rates[s]);
  }
  return { steps: lastStep(schedule), peak, least };
}

const words = {
  steps: { name: 'length', format: (value: number) => `${String(value)} steps` },
  peak: { name: 'peak', format: (value: number) => String(Number(value.toPrecision(4))) },
  least: { name: 'lowest learning rate', format: (value: number) => String(Number(value.toPrecision(4))) },
} as const;

/**
 * A warning for every trait of a schedule that lies outside those of the fitted ones.
 *
 * @param fitted - the schedules of the fit; none for published coefficients, of which nothing is known
 */
export function scheduleWarnings(fitted: readonly Schedule[], schedule: Schedule): Warning[] {
  if (fitted.length === 0) return [];
  const known = fitted.map(traitsOf);
  const asked = traitsOf(schedule);
  return (['steps', 'peak', 'least'] as const).flatMap((trait) => {
    const values = known.map((one) => one[trait]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const value = asked[trait];
    const { name, format } = words[trait];
    // A shorter run of known rates is the beginning of a fitted one.
    const isBelow = trait !== 'steps' && value < low * (1 - outsideBy);
    if (!isBelow && !(value > high * (1 + outsideBy))) return [];
    const [edge, side] = isBelow ? [low, 'below'] : [high, 'above'];
    const far = isBelow
      ? low > 0 && value > 0
        ? `, ${roundPercent(value / low, 2)} of it`
        : ''
      : `, ${roundPercent(value / high, 3)} of it`;
    return [
      createWarning(
        'SCHEDULE_EXTRAPOLATED',
        `The ${name} of "${schedule.name}" is ${format(value)}, ${side} the ${isBelow ? 'least' : 'largest'} of the fitted curves, ${format(edge)}${far}.`,
        { numbers: { value, edge } },
      ),
    ];
  });
}
