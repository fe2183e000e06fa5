import { fixedPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { runCodes } from '../runs/runCodes.ts';
import type { Runs } from '../runs/runs.ts';
import type { Backtest, LawBacktest } from './backtest.ts';

/** How far the measured coverage may lie below the nominal one before it is told, in standard errors of a share. */
const tolerance = 2;
/** Fewer held-out runs than this say little. */
const fewRuns = 3;
/** An error below this is rounding. */
const exact = 1e-9;

/**
 * What a reader of a backtest should be told: cuts at which a law could not be fitted, laws that predict no better than a
 * baseline, intervals that hold too little, and the warnings of the fits, each code once for each law.
 *
 * @param runs - the runs that were backtested
 * @example
 * ```ts
 * const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e21] });
 * backtestWarnings(backtest, runs).some(({ code }) => code === 'BASELINE_WINS'); // false
 * ```
 */
export function backtestWarnings(backtest: Backtest, runs: Runs): Warning[] {
  const { codes } = runCodes(runs);
  return backtest.laws.flatMap((law) => [
    ...failures(law),
    ...lostTo(law, backtest.baselines),
    ...undercoverage(law, backtest.confidence, codes),
    ...ofFits(law),
  ]);
}

/** Cuts at which a law could not be fitted, those with the same reason together. */
function failures({ law, failed, splits }: LawBacktest): Warning[] {
  const level = splits.length === 0 ? 'error' : 'warning';
  const reasons = [...new Set(failed.map(({ why }) => why))];
  return reasons.map((why) => {
    const cuts = failed.filter((failure) => failure.why === why).map(({ cut }) => cut);
    const where = `${cuts.length === 1 ? 'the cut' : 'the cuts'} ${cuts.map((cut) => formatQuantity(cut)).join(', ')}`;
    return createWarning('BACKTEST_FAILED', `${law} could not be backtested at ${where}: ${why}`, {
      level,
      numbers: { cut: cuts[0], cuts: cuts.length },
    });
  });
}

function lostTo({ law, pooled }: LawBacktest, baselines: readonly LawBacktest[]): Warning[] {
  if (pooled === null) return [];
  const best = baselines.reduce<LawBacktest | undefined>(
    (least, other) => ((other.pooled?.are ?? Infinity) < (least?.pooled?.are ?? Infinity) ? other : least),
    undefined,
  );
  // Where nothing changes, all are exact to rounding.
  if (best?.pooled == null || pooled.are < Math.max(best.pooled.are, exact)) return [];
  return [
    createWarning(
      'BASELINE_WINS',
      `${law} errs by ${fixedPercent(pooled.are, 2)}, and ${best.law}, which knows no law, by ${fixedPercent(best.pooled.are, 2)}.`,
      { numbers: { are: pooled.are, baseline: best.pooled.are } },
    ),
  ];
}

function undercoverage({ law, pooled, splits }: LawBacktest, confidence: number, codes: Int32Array): Warning[] {
  if (pooled?.coverage == null) return [];
  // Checkpoints of one run, and a run beyond several cuts, share their luck: they count as one.
  const runs = new Set(splits.flatMap(({ heldOut }) => Array.from(heldOut.rows, (row) => codes[row]))).size;
  const error = Math.sqrt((confidence * (1 - confidence)) / runs);
  if (runs < fewRuns || pooled.coverage >= confidence - tolerance * error) return [];
  return [
    createWarning(
      'INTERVALS_TOO_NARROW',
      `The ${fixedPercent(confidence, 0)} intervals of ${law} hold ${fixedPercent(pooled.coverage, 0)} of what came, ${String(runs)} runs.`,
      { numbers: { coverage: pooled.coverage, nominal: confidence, runs } },
    ),
  ];
}

/** The most serious warning of each code that the fits of a law raised, with the number of cuts that raised it. */
function ofFits({ law, splits }: LawBacktest): Warning[] {
  const byCode = new Map<string, { warning: Warning; cuts: Set<number> }>();
  for (const { cut, warnings } of splits)
    for (const warning of warnings) {
      if (warning.level === 'info') continue;
      const known = byCode.get(warning.code);
      if (known === undefined) byCode.set(warning.code, { warning, cuts: new Set([cut]) });
      else {
        known.cuts.add(cut);
        if (warning.level === 'error' && known.warning.level !== 'error') known.warning = warning;
      }
    }
  return [...byCode.values()].map(({ warning, cuts }) => ({
    ...warning,
    message: `${law}, ${cuts.size === 1 ? `cut ${formatQuantity([...cuts][0])}` : `${String(cuts.size)} cuts`}: ${warning.message}`,
  }));
}
