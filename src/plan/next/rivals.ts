import type { Candidate } from './candidates.ts';

/** The best model for a budget of compute. */
export type OptimumAt = (flops: number) => { readonly params: number; readonly tokens: number } | null;

/** What usual designs may spend. */
export interface RivalPurse {
  readonly budget: number;
  /** Most FLOP of one run. */
  readonly maxRunFlops: number;
  readonly optimumAt: OptimumAt;
  /** FLOP for each parameter and token, such as 6. */
  readonly factor: number;
}

/** An isoFLOP grid: budgets a factor apart, sizes about the optimum of each. */
const grid = { budgets: [1, 3, 9], offsets: [1 / 3, 1 / Math.sqrt(3), 1, Math.sqrt(3), 3] } as const;
/** A ladder: sizes that double, each trained as long as is best, which costs four times as much. */
const ladder = [1, 4, 16, 64, 256, 1024].map((rung) => rung / 1024);

/** Runs whose costs stand in given proportions, as large as budget and limit allow, repeated where the limit leaves budget. */
function scaled(shares: readonly number[], { budget, maxRunFlops }: RivalPurse): { unit: number; repeats: number } {
  const sum = shares.reduce((total, share) => total + share, 0);
  const largest = Math.max(...shares);
  const unit = Math.min(budget / sum, maxRunFlops / largest);
  const repeats = Math.max(1, Math.floor(budget / (unit * sum) + 1e-9));
  return { unit, repeats };
}

const repeat = <T>(list: readonly T[], times: number): T[] => Array.from({ length: times }, () => list).flat();

/**
 * An isoFLOP grid for a budget: three budgets a factor of three apart, five sizes each from a third to three times the best
 * one as far as is known. Empty where the law has no optimum.
 */
export function isoFlopGrid(purse: RivalPurse): Candidate[] {
  const { unit, repeats } = scaled(
    grid.budgets.flatMap((share) => grid.offsets.map(() => share)),
    purse,
  );
  const runs = grid.budgets.flatMap((share) => {
    const flops = share * unit;
    const best = purse.optimumAt(flops);
    if (best === null) return [];
    return grid.offsets.map((offset) => {
      const params = offset * best.params;
      return { params, tokens: flops / (purse.factor * params), flops };
    });
  });
  return repeat(runs, repeats);
}

/** Chinchilla's ladder for a budget: six compute-optimal runs, each of four times the compute of the one before. */
export function optimalLadder(purse: RivalPurse): Candidate[] {
  const { unit, repeats } = scaled(ladder, purse);
  const runs = ladder.flatMap((share) => {
    const flops = share * unit;
    const best = purse.optimumAt(flops);
    return best === null ? [] : [{ ...best, flops }];
  });
  return repeat(runs, repeats);
}
