import type { Bootstrap } from '../fit/result.ts';

/** A bootstrap without its draws, in the order in which documents write it. */
export function bootstrapHeader({
  resamples,
  seed,
  resampling,
  group,
  groups,
  certified,
}: Bootstrap): Readonly<Omit<Bootstrap, 'draws'>> {
  return { resamples, seed, resampling, group, groups, certified };
}
