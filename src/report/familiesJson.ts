import type { Estimate, MultiplierModel, MultiplierPoint } from '../plan/compare/multiplier.ts';
import type { FamilyComparison } from '../plan/compare/result.ts';
import { version } from '../core/version.ts';

/** A number as JSON has it: null where it is infinite or unknown. */
const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

const interval = (ends: readonly [number, number] | null): (number | null)[] | null =>
  ends === null ? null : ends.map(finite);

const estimate = ({ value, interval: ends }: Estimate): object => ({ value: finite(value), interval: interval(ends) });

const point = (axis: string, { at, value, interval: ends, loss, ahead, settled }: MultiplierPoint): object => ({
  [axis]: at,
  multiplier: finite(value),
  interval: interval(ends),
  loss,
  candidateAhead: ahead,
  settled,
});

function model(axis: string, { shared, curve, targets, beyond, mean, trend, settled, draws }: MultiplierModel): object {
  return {
    shared,
    mean: { ...estimate(mean), candidateAhead: mean.ahead },
    trend: { ...estimate(trend), rising: trend.rising },
    settled,
    draws,
    curve: curve.map((one) => point(axis, one)),
    beyond: beyond.map((one) => point(axis, one)),
    targets: targets.map((one) => point(axis, one)),
  };
}

function comparison(found: FamilyComparison): object {
  const { axis, path, designs, observed, free, tied } = found;
  return {
    law: found.law,
    axis,
    path: path.kind === 'ratio' ? { kind: path.kind, tokensPerParam: path.tokensPerParam } : { kind: path.kind },
    confidence: found.confidence,
    equalWithin: found.equalWithin,
    baseline: found.baseline,
    candidate: found.candidate,
    range: found.range,
    verdict: found.verdict,
    free: model(axis, free),
    tied: tied === null ? null : model(axis, tied),
    sharing: found.sharing,
    designs: designs.map(({ params, tokens, loss, tokensMultiplier, paramsMultiplier, computeMultiplier }) => ({
      params,
      tokens,
      loss,
      tokensMultiplier: estimate(tokensMultiplier),
      paramsMultiplier: estimate(paramsMultiplier),
      computeMultiplier: estimate(computeMultiplier),
    })),
    observed:
      observed === null
        ? null
        : { ...observed, rungs: observed.rungs.map(({ at, ...rung }) => ({ [axis]: at, ...rung })) },
    pairing: found.pairing,
    bootstrap: found.bootstrap,
    warnings: found.warnings,
  };
}

/**
 * Comparisons of families with one baseline as a JSON document; `docs/compare.md` says what its fields mean. Infinite
 * multipliers, where one family never reaches the loss of the other, are `null`.
 *
 * @example
 * ```ts
 * const gadre = await readRuns('data/gadre.csv', { columns: 'params=N,tokens=D,loss=loss_c4_val,family=dataset' });
 * const fits = splitRuns(gadre, 'family').map((family) => fitLaw(chinchilla, family.runs));
 * const comparison = await compareFamilies(fits[0], fits[1], { resamples: 0 });
 * JSON.stringify(familiesToJson([comparison])).length > 1000; // true
 * ```
 */
export function familiesToJson(comparisons: readonly FamilyComparison[]): object {
  return {
    baseline: comparisons[0]?.baseline.name ?? null,
    comparisons: comparisons.map(comparison),
    version,
  };
}
