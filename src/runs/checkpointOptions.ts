import { IsoflopError } from '../core/errors.ts';
import type { Warmup } from './selection.ts';

/** Which checkpoints of the runs are kept. What is not given leaves nothing out, but see {@link defaultFraction}. */
export interface CheckpointOptions {
  /** Leave out rows up to this number of tokens. */
  readonly dropTokens?: number | undefined;
  /** Leave out the warm-up of each run. */
  readonly afterWarmup?: Warmup | undefined;
  /** Leave out the checkpoints in this first fraction of each run, 0 to less than 1. */
  readonly fromFraction?: number | undefined;
  /** Keep the checkpoints in this last part of each run, above 0 to 1: 0.3 keeps the last 30%. */
  readonly lastPart?: number | undefined;
  /** Keep the last row of each run only. */
  readonly finals?: boolean | undefined;
  /** Keep at most this many rows of each run, evenly in the logarithm of tokens, the first and the last among them. */
  readonly thin?: number | undefined;
  /** Keep all rows; it goes with no other option but `thin`. */
  readonly all?: boolean | undefined;
}

/**
 * The first fraction of each run that is left out where rows are checkpoints and nothing says which of them to keep.
 *
 * @see arXiv 2410.11840, section 5: early checkpoints are noise to a scaling law
 */
export const defaultFraction = 0.1;

/**
 * Whether options say which part of the runs to keep, so that there is no need of a default.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `USAGE`
 */
export function choosesPart(options: CheckpointOptions): boolean {
  const { dropTokens, afterWarmup, fromFraction, lastPart, finals = false, thin, all = false } = options;
  const length = lengthOf(afterWarmup);
  const isCount = (value: number): boolean => value >= 0 && value < Infinity;
  if (dropTokens !== undefined && !isCount(dropTokens))
    refuse('--drop-tokens', dropTokens, 'a number of tokens, such as 10B');
  if (length !== undefined && !isCount(length)) refuse('--after-warmup', length, 'a number of tokens or steps');
  if (fromFraction !== undefined && !(fromFraction >= 0 && fromFraction < 1))
    refuse('--from-fraction', fromFraction, 'a number of at least 0 and less than 1, such as 0.1');
  if (lastPart !== undefined && !(lastPart > 0 && lastPart <= 1))
    refuse('--last-part', lastPart, 'a number above 0 and at most 1, such as 0.3 for the last 30% of each run');
  if (thin !== undefined && !(Number.isInteger(thin) && thin >= 1))
    refuse('--thin', thin, 'a whole number of at least 1, such as 20');

  const parts: readonly (readonly [string, boolean])[] = [
    ['--drop-tokens', dropTokens !== undefined],
    ['--after-warmup', afterWarmup !== undefined],
    ['--from-fraction', fromFraction !== undefined],
    ['--last-part', lastPart !== undefined],
    ['--finals', finals],
  ];
  const given = parts.find(([, isGiven]) => isGiven);
  if (all && given !== undefined)
    throw new IsoflopError('USAGE', {
      message: `--all-checkpoints leaves nothing out, so it does not go with ${given[0]}.`,
      remedy: 'Leave one of the two out.',
    });
  return all || given !== undefined;
}

function lengthOf(warmup: Warmup | undefined): number | undefined {
  if (warmup === undefined || warmup === 'learningRate') return undefined;
  return 'tokens' in warmup ? warmup.tokens : warmup.steps;
}

function refuse(option: string, value: number, expected: string): never {
  throw new IsoflopError('OPTION_INVALID', { option, value: String(value), expected });
}
