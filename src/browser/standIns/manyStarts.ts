import { IsoflopError } from '../../core/errors.ts';
import type { multistartSeeds as seedsOfLaw } from '../../fit/multistart.ts';
import type { refineSquares as refine } from '../../fit/refine.ts';

let whole: { readonly multistartSeeds: typeof seedsOfLaw; readonly refineSquares: typeof refine } | undefined;

/** Makes known how laws are fitted that are no sums of power laws. */
export function addManyStarts(parts: typeof whole): void {
  whole = parts;
}

/** As in Node, once the rest is loaded. */
export const multistartSeeds: typeof seedsOfLaw = (problem, ...rest) => {
  if (whole === undefined)
    throw new IsoflopError('USAGE', {
      message: `The search for laws that are no sums of power laws, such as ${problem.law.id}, is not loaded.`,
      remedy: "Await import('isoflop/browser/all') before.",
    });
  return whole.multistartSeeds(problem, ...rest);
};

/** As in Node; only formulas ask for it, which come with the rest. */
export const refineSquares: typeof refine = (problem, minimum) => whole?.refineSquares(problem, minimum) ?? minimum;
