import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { choosesPart, defaultFraction, type CheckpointOptions } from './checkpointOptions.ts';
import { decayWarnings, warmupRows } from './learningRate.ts';
import { runCodes, type RunCodes } from './runCodes.ts';
import type { Dropped, Runs } from './runs.ts';
import { takeRows } from './select.ts';
import { formatWarmup, noSelection, type Warmup } from './selection.ts';
import { thinRuns } from './thin.ts';
import { columnFor, requireEveryRow, timelineOf, type Timeline } from './timeline.ts';

/** One step of a selection. */
interface Stage {
  /** The option as the report names it. */
  readonly why: string;
  /** Makes the condition that rows have to fulfil to stay, given their runs and the indices of those that are left. */
  readonly create: (grouping: RunCodes, kept: Int32Array) => (i: number) => boolean;
}

/**
 * Chooses checkpoints, in a fixed order whatever the order of the options: tokens from the start (`dropTokens`), the warm-up
 * (`afterWarmup`), the first fraction (`fromFraction`), all but the last part (`lastPart`), all but the last row (`finals`),
 * and last of all thinning (`thin`). Fractions are of the largest number of tokens that a run reaches among the given rows,
 * or of steps where there are no tokens.
 *
 * Where rows carry checkpoints and none of the first five options (nor `all`) is given, the first tenth of each run is left
 * out, and a warning says so.
 *
 * {@link runCodes} says what a run is; where rows carry neither the name of a run nor a step, an option that is asked for
 * takes the rows of one size for one run, and a warning says that too. Checkpoints that are kept although their learning
 * rate had not decayed yet raise `BEFORE_DECAY`.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `USAGE`, `QUANTITY_MISSING`, `VALUE_NOT_POSITIVE` for a row without tokens,
 * `NO_ROWS_LEFT`
 * @see arXiv 2410.11840 on which checkpoints to fit
 * @example
 * ```ts
 * const table = createRuns({
 *   params: [1e9, 1e9, 1e9, 2e9],
 *   tokens: [1e9, 1e10, 2e10, 3e10],
 *   loss: [4, 3.2, 3, 2.8],
 *   run: ['a', 'a', 'a', 'b'],
 * });
 * selectCheckpoints(table).rows; // 3
 * selectCheckpoints(table, { dropTokens: 10e9 }).rows; // 2
 * selectCheckpoints(table, { finals: true }).quantities.loss; // Float64Array [3, 2.8]
 * ```
 */
export function selectCheckpoints(runs: Runs, options: CheckpointOptions = {}): Runs {
  return chooseCheckpoints(runs, options, takeRows);
}

/**
 * {@link selectCheckpoints} with a way to take the rows that are kept.
 *
 * @param take - makes runs of some rows, whose indices ascend
 */
export function chooseCheckpoints(
  runs: Runs,
  options: CheckpointOptions,
  take: (runs: Runs, kept: Int32Array) => Runs,
): Runs {
  const isDefault = !choosesPart(options) && runCodes(runs).hasCheckpoints;
  const chosen = isDefault ? { ...options, fromFraction: defaultFraction } : options;
  const { kept, dropped, warnings } = choose(runs, stagesOf(runs, chosen, !isDefault), isDefault);
  if (chosen.afterWarmup === 'learningRate' && warmupRows(runs) === undefined)
    warnings.push(createWarning('WARMUP_NOT_SEEN', 'No learning rate rises within a run, so no warm-up was left out.'));
  const decay = decayWarnings(runs, kept);
  // Where this selection can tell, what an earlier one said of more rows is out of date.
  const said = decay === undefined ? runs.warnings : runs.warnings.filter(({ code }) => code !== 'BEFORE_DECAY');
  return {
    ...(kept.length < runs.rows ? take(runs, kept) : runs),
    dropped: [...runs.dropped, ...dropped],
    selection: {
      ...(runs.selection ?? noSelection),
      dropTokens: chosen.dropTokens ?? null,
      afterWarmup: chosen.afterWarmup ?? null,
      fromFraction: chosen.fromFraction ?? null,
      lastPart: chosen.lastPart ?? null,
      finals: chosen.finals ?? false,
      thin: chosen.thin ?? null,
    },
    warnings: [...said, ...warnings, ...(decay ?? [])],
  };
}

/** The rows that all stages keep, and what is to be said of the others. */
interface Choice {
  readonly kept: Int32Array;
  readonly dropped: readonly Dropped[];
  readonly warnings: Warning[];
}

function choose(runs: Runs, stages: readonly Stage[], isDefault: boolean): Choice {
  let kept: Int32Array = new Int32Array(runs.rows);
  for (let i = 0; i < kept.length; i++) kept[i] = i;
  const dropped: Dropped[] = [];
  const warnings: Warning[] = [];
  if (stages.length === 0) return { kept, dropped, warnings };
  const grouping = runCodes(runs, { unnamed: isDefault ? 'alone' : 'size' });
  for (const { why, create } of stages) {
    const before = kept;
    kept = keepWhere(kept, create(grouping, kept));
    const rows = before.length - kept.length;
    if (rows === 0) continue;
    const lost = countRuns(grouping, before) - countRuns(grouping, kept);
    const byDefault = isDefault && why.startsWith('--from-fraction');
    const whole = lost === 0 ? '' : ` (${countOf(lost, 'run')} with all rows)`;
    dropped.push({ rows, why: `${why}${byDefault ? ', by default' : ''}${whole}` });
    if (byDefault)
      warnings.push(
        createWarning(
          'EARLY_CHECKPOINTS',
          `Rows are checkpoints, so the first ${String(100 * defaultFraction)}% of each run, ${countOf(rows, 'row')}, was left out.`,
          { numbers: { rows, fraction: defaultFraction } },
        ),
      );
  }
  if (kept.length === 0)
    throw new IsoflopError('NO_ROWS_LEFT', {
      rows: runs.rows,
      dropped: [...runs.dropped, ...dropped].map((d) => `${String(d.rows)}: ${d.why}`).join('; '),
    });
  if (!isDefault && kept.length < runs.rows && grouping.count < runCodes(runs).count)
    warnings.push(
      createWarning('FRACTION_BY_SIZE', 'Rows carry no run, so all rows of one model size counted as one run.'),
    );
  return { kept, dropped, warnings };
}

/**
 * Leaves out the early checkpoints of each run: those at or before the fraction `fraction` of the largest number of tokens
 * that the run reaches; the short form of {@link selectCheckpoints} for this option.
 *
 * @param fraction - 0 (nothing is left out) to less than 1
 * @throws {@link IsoflopError} `OPTION_INVALID`, `QUANTITY_MISSING` when there are no tokens
 * @example
 * ```ts
 * fromFraction(runs, 0.1); // without the first 10% of each run
 * ```
 */
export function fromFraction(runs: Runs, fraction: number): Runs {
  return selectCheckpoints(runs, { fromFraction: fraction });
}

/** The steps of a selection in their order; `isStrict` refuses rows of which it is not known how far they are. */
function stagesOf(runs: Runs, options: CheckpointOptions, isStrict: boolean): Stage[] {
  const { dropTokens, afterWarmup, fromFraction = 0, lastPart, finals = false, thin } = options;
  const stages: Stage[] = [];
  const place = (grouping: RunCodes, option: string): Timeline => {
    const timeline = timelineOf(runs, grouping, option);
    if (isStrict) requireEveryRow(runs, timeline.progress);
    return timeline;
  };
  const thinTo = (why: string, option: string, most: number): void => {
    stages.push({
      why,
      create: (grouping, kept) => {
        const stays = thinRuns(runs, place(grouping, option), kept, most);
        return (i) => stays[i] === 1;
      },
    });
  };
  if (dropTokens !== undefined)
    stages.push({
      why: `--drop-tokens ${formatQuantity(dropTokens, 15)}`,
      create: () => isBeyond(runs, 'tokens', dropTokens, '--drop-tokens'),
    });
  if (afterWarmup !== undefined)
    stages.push({ why: `--after-warmup ${formatWarmup(afterWarmup)}`, create: () => isAfter(runs, afterWarmup) });
  if (fromFraction > 0)
    stages.push({
      why: `--from-fraction ${String(fromFraction)}`,
      create: (grouping) => {
        const { codes, progress, ends } = place(grouping, '--from-fraction');
        return (i) => !(progress[i] <= fromFraction * ends[codes[i]]);
      },
    });
  if (lastPart !== undefined)
    stages.push({
      why: `--last-part ${String(lastPart)}`,
      create: (grouping) => {
        const { codes, progress, ends } = place(grouping, '--last-part');
        // 1 - 0.3 is a little above 0.7, where a checkpoint may lie.
        return (i) => progress[i] >= (1 - lastPart) * (1 - 1e-12) * ends[codes[i]];
      },
    });
  if (finals) thinTo('--finals', '--finals', 1);
  if (thin !== undefined) thinTo(`--thin ${String(thin)}`, '--thin', thin);
  return stages;
}

function isAfter(runs: Runs, warmup: Warmup): (i: number) => boolean {
  if (warmup === 'learningRate') {
    columnFor(runs, 'learningRate', ', which --after-warmup lr looks at');
    const rows = warmupRows(runs);
    return (i) => rows?.[i] !== 1;
  }
  if ('tokens' in warmup) return isBeyond(runs, 'tokens', warmup.tokens, '--after-warmup');
  return isBeyond(runs, 'step', warmup.steps, '--after-warmup');
}

function isBeyond(runs: Runs, name: string, least: number, option: string): (i: number) => boolean {
  const column = columnFor(runs, name, `, which ${option} counts`);
  requireEveryRow(runs, column);
  return (i) => column[i] > least;
}

/** Those of some rows that fulfil a condition; a filter would gather millions of them in a list first. */
function keepWhere(rows: Int32Array, stays: (i: number) => boolean): Int32Array {
  const kept = new Int32Array(rows.length);
  let count = 0;
  for (const i of rows) if (stays(i)) kept[count++] = i;
  return kept.subarray(0, count);
}

function countRuns({ codes, count }: RunCodes, rows: Int32Array): number {
  const seen = new Uint8Array(count);
  for (const i of rows) seen[codes[i]] = 1;
  return seen.reduce((sum, flag) => sum + flag, 0);
}

const countOf = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? '' : 's'}`;
