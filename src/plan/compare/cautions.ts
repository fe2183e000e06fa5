import { formatQuantity } from '../../core/quantity.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { FrameNotes } from './frame.ts';
import { beyond, contradiction } from './judge.ts';
import type { Estimate, Frame, MultiplierModel } from './multiplier.ts';
import type { ObservedDifferences } from './observed.ts';
import type { Pairing } from './pairing.ts';
import { axisOf } from './path.ts';
import type { SharedFit } from './result.ts';
import { settle } from './verdict.ts';

/** What can be wrong with a comparison. */
interface Findings {
  readonly fits: readonly [LawFit, LawFit];
  readonly names: readonly [string, string];
  readonly frame: Frame;
  readonly range: readonly [number, number] | null;
  readonly notes: FrameNotes;
  readonly pairing: Pairing;
  readonly free: MultiplierModel;
  readonly tied: MultiplierModel | null;
  readonly sharing: SharedFit | null;
  readonly observed: ObservedDifferences | null;
  readonly resamples: number;
  readonly certified: number;
}

/** Beyond this factor of the data an extrapolated multiplier is a warning. */
const farBeyond = 10;
/** Runs for each free parameter of the law below which a family has few. */
const enoughPerParam = 2;
/** Probability below which sharing counts as rejected. */
const rejected = 0.05;

/** The warnings of a comparison, the gravest of each fit among them. */
export function cautionsOf(findings: Findings): Warning[] {
  return [
    ...ofFits(findings),
    ...ofRange(findings),
    ...ofSharing(findings),
    ...ofForm(findings),
    ...ofResamples(findings),
    createWarning(
      'FAMILIES_NOT_COMPARABLE',
      `The data do not tell whether both losses are of the same held-out data, nor whether ${findings.names.join(' and ')} were tuned alike.`,
    ),
  ];
}

function ofFits({ fits, names, pairing }: Findings): Warning[] {
  const own = fits.flatMap((fit, which) => {
    const grave = fit.warnings
      .filter(({ level }) => level === 'error')
      .map((warning): Warning => ({ ...warning, message: `${names[which]}: ${warning.message}` }));
    const runs = pairing.pairs + pairing.alone[which];
    const free = fit.coordinates.size;
    if (runs >= enoughPerParam * free) return grave;
    const few = createWarning(
      'FAMILIES_FEW_RUNS',
      `${names[which]} has ${String(runs)} runs for the ${String(free)} free parameters of ${fit.law.id}.`,
      { level: runs < free + 3 ? 'error' : 'warning' },
    );
    return [...grave, few];
  });
  const [a, b] = pairing.alone;
  const unpaired =
    pairing.pairs > 0 && a + b === 0
      ? []
      : [
          createWarning(
            'FAMILIES_UNPAIRED',
            pairing.pairs === 0
              ? `No run of ${names[0]} has the ${pairing.by} of a run of ${names[1]}: the families are resampled apart, and noise that they share stays in the intervals.`
              : `${String(pairing.pairs)} runs are paired by ${pairing.by}; ${String(a)} of ${names[0]} and ${String(b)} of ${names[1]} have no partner.`,
          ),
        ];
  return [...own, ...unpaired];
}

function ofRange({ frame, range, notes, names, free }: Findings): Warning[] {
  const warnings: Warning[] = [];
  const show = (x: number): string => `${formatQuantity(x)}${axisOf(frame.path) === 'flops' ? ' FLOP' : ''}`;
  if (notes.instead !== null && frame.path.kind === 'ratio')
    warnings.push(
      createWarning(
        'FAMILIES_PATH',
        `Compared at ${String(frame.path.tokensPerParam)} tokens per parameter, because ${notes.instead}.`,
      ),
    );
  if (notes.outside !== null)
    warnings.push(
      createWarning(
        'FAMILIES_PATH',
        `The compute-optimal frontier leads to ${notes.outside.ratio.toPrecision(2)} tokens per parameter; the runs have ${notes.outside.data.map((end) => end.toPrecision(2)).join(' to ')}.`,
        { remedy: 'Compare at a ratio that the runs have, with --path tokens-per-param=20.' },
      ),
    );
  if (range === null)
    warnings.push(
      createWarning(
        'FAMILIES_NO_OVERLAP',
        `Nowhere in the data of ${names[1]} does ${names[0]} reach the same loss inside its own data, so every multiplier is extrapolated.`,
      ),
    );
  const places = [...free.curve, ...free.targets];
  const never = places.find(({ value }) => value === Infinity || value === 0);
  const perhaps = places.find(({ interval }) => interval?.[1] === Infinity || interval?.[0] === 0);
  if (never !== undefined)
    warnings.push(
      createWarning(
        'FAMILIES_UNREACHED',
        `At ${show(never.at)}, ${names[never.value === 0 ? 1 : 0]} does not reach the loss of ${names[never.value === 0 ? 0 : 1]} with a million times the compute of the data.`,
        { level: 'error' },
      ),
    );
  else if (perhaps !== undefined)
    warnings.push(
      createWarning(
        'FAMILIES_UNREACHED',
        `At ${show(perhaps.at)} the interval has no end: in a part of the resamples one family never reaches the loss of the other.`,
      ),
    );
  const far = free.targets.map((point) => ({ at: point.at, factor: beyond(frame, point) }));
  for (const { at, factor } of far)
    if (factor > farBeyond || factor < 1 / farBeyond)
      warnings.push(
        createWarning(
          'EXTRAPOLATION',
          `${show(at)} is ${factor > 1 ? `${formatQuantity(factor, 2)} times the largest` : `1/${formatQuantity(1 / factor, 2)} of the smallest`} compute of the data.`,
        ),
      );
  return warnings;
}

/** Places at which the conclusion differs between free and shared parameters: the trap of small sweeps. */
function ofSharing({ frame, free, tied, sharing }: Findings): Warning[] {
  if (tied === null || sharing === null) return [];
  const names = sharing.shared.join(', ');
  const warnings: Warning[] = [];
  if (sharing.probability !== null && sharing.probability < rejected)
    warnings.push(
      createWarning(
        'FAMILIES_SHARING_REJECTED',
        `A common ${names} fits worse than chance explains (p = ${sharing.probability.toPrecision(2)}).`,
      ),
    );
  const show = (x: number): string => formatQuantity(x);
  const places = [
    { where: 'in the range of the data', free: free.mean, tied: tied.mean },
    ...free.targets.map((point, k) => ({ where: `at ${show(point.at)}`, free: point, tied: tied.targets[k] })),
  ];
  const flips = places.filter((place) => turnsRound(place.free, place.tied, frame.equalWithin));
  const trends = trendTurns(free.trend, tied.trend);
  for (const place of flips)
    warnings.push(
      createWarning(
        'FAMILIES_SIGN_DEPENDS',
        `Which family is ahead ${place.where} depends on ${names}: the multiplier is ${place.free.value.toPrecision(3)} with each its own and ${place.tied.value.toPrecision(3)} with one for both.`,
      ),
    );
  if (trends)
    warnings.push(
      createWarning(
        'FAMILIES_SIGN_DEPENDS',
        `Whether the multiplier grows with scale depends on ${names}: its slope is ${free.trend.value.toPrecision(2)} with each its own and ${tied.trend.value.toPrecision(2)} with one for both.`,
      ),
    );
  return warnings;
}

/** Rungs at which pairs of runs leave no room for what the laws say. */
function ofForm({ frame, observed }: Findings): Warning[] {
  const against = contradiction({ frame, observed });
  const rungs = (observed?.rungs ?? []).filter(({ contradicts }) => contradicts);
  if (against === 'none') return [];
  const show = (value: number | null): string => (value === null ? 'none' : value.toPrecision(3));
  const list = rungs.map(
    ({ at, multiplier, fitted }) => `${formatQuantity(at)} (pairs ${show(multiplier)}, laws ${show(fitted)})`,
  );
  return [
    createWarning(
      'FAMILIES_FORM',
      `Pairs of runs contradict the multiplier of the fitted laws at ${list.join(', ')}.`,
      against === 'sign' ? { level: 'error' } : {},
    ),
  ];
}

const isSettled = ({ interval }: Estimate, one: number): boolean =>
  interval !== null && (interval[0] > one || interval[1] < one);

/** Whether two estimates lie on different sides of 1 and at least one of them claims to know its side. */
function turnsRound(free: Estimate, tied: Estimate, equalWithin: number): boolean {
  if ((free.value - 1) * (tied.value - 1) >= 0) return false;
  if (!isSettled(free, 1) && !isSettled(tied, 1)) return false;
  // Two that both call it equal do not contradict each other.
  return !(settle([free.interval], equalWithin) === 'equal' && settle([tied.interval], equalWithin) === 'equal');
}

function trendTurns(free: Estimate, tied: Estimate): boolean {
  return free.value * tied.value < 0 && (isSettled(free, 0) || isSettled(tied, 0));
}

function ofResamples({ resamples, certified, free, tied }: Findings): Warning[] {
  const warnings: Warning[] = [];
  if (resamples < 200)
    warnings.push(
      createWarning(
        'FEW_RESAMPLES',
        `${String(resamples)} resamples give ${resamples < 2 ? 'no interval' : 'only a rough interval'}.`,
      ),
    );
  const usable = Math.min(certified, free.draws, tied?.draws ?? Infinity);
  if (usable < resamples)
    warnings.push(
      createWarning(
        'BOOTSTRAP_UNCERTIFIED',
        `${String(resamples - usable)} of ${String(resamples)} resamples gave no certified multiplier and are left out.`,
        usable < 0.9 * resamples ? { level: 'error' } : usable > 0.99 * resamples ? { level: 'info' } : {},
      ),
    );
  return warnings;
}
