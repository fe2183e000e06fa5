import { planWarningKinds } from './planWarnings.ts';

/** How serious a warning is: `error` means that the answer should not be used as it stands. */
export type WarningLevel = 'info' | 'warning' | 'error';

/** A reason to be careful with a result, and what to do about it. Part of the result, never an exception. */
export interface Warning {
  readonly code: WarningCode;
  readonly level: WarningLevel;
  readonly message: string;
  readonly remedy: string;
  /** The numbers of the message, by name and finite, for programs that act on them. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Level and remedy of every warning; the message carries the numbers and is written where the numbers are known. */
const kinds = {
  ROWS_DROPPED: ['info', 'Check that these rows were meant to be left out.'],
  FILES_PASSED_OVER: ['info', 'Name a file by itself to see what is wrong with it; docs/formats.md says what is read.'],
  FILE_TRUNCATED: ['warning', 'What stands before that place was read; copy the file again if it should be whole.'],
  LOSS_UNIT: ['info', 'Exponents hold in any unit; compare the loss itself only with losses in the same unit.'],
  COLUMN_IGNORED: ['info', 'Correct the value, or name the column with --columns to make this an error.'],
  FLOPS_MISMATCH: ['warning', 'Check the units and the counting of FLOP; --flops-per-token changes the convention.'],
  SUSPECT_UNITS: [
    'warning',
    "Convert them, for example with --columns 'tokens=10^num_token', or choose other columns.",
  ],
  MIXED_UNITS: [
    'warning',
    'Convert the column in these files; --columns holds for all files of a call, so it cannot tell them apart.',
  ],
  DUPLICATE_SOURCE: ['error', 'Name each file once: duplicated runs make every error estimate too small.'],
  EARLY_CHECKPOINTS: [
    'info',
    'Keep them with --all-checkpoints; --from-fraction or --drop-tokens choose another part.',
  ],
  WARMUP_NOT_SEEN: ['info', 'Give the length of the warm-up, for example --after-warmup 2000steps.'],
  BEFORE_DECAY: [
    'warning',
    'Keep finished runs with --finals, or their end with --last-part; a law of the whole learning-rate schedule would use such rows.',
  ],
  WARMUP_ASSUMED: ['warning', 'Say how many steps the warm-up has with --warmup.'],
  SCHEDULE_EXTRAPOLATED: ['warning', 'Train a run whose schedule is closer to this one, and fit again with its curve.'],
  SCHEDULE_JUMPS: [
    'info',
    'Let the rate fall over some hundred steps around that one; the law predicts nearly the same loss.',
  ],
  FRACTION_BY_SIZE: ['warning', 'Name the column that tells the runs apart with --columns run=NAME.'],
  RESPONSE_CONSTANT: ['error', 'Check the column: data in which nothing changes determine no law.'],
  COLLINEAR_ND: ['error', 'Add runs at other ratios of tokens to parameters, or fix one exponent with --fix.'],
  FEW_SIZES: ['warning', 'Add runs at other sizes, or fit a law of one variable.'],
  FEW_GROUPS: ['warning', 'Train more runs, or group by another column with --group.'],
  BACKTEST_FAILED: ['warning', 'Choose larger cuts with --cut, a simpler law, or add runs.'],
  BASELINE_WINS: [
    'error',
    'Do not extrapolate with this law: its fit on these data predicts no better than no law at all.',
  ],
  INTERVALS_TOO_NARROW: ['warning', 'Take the measured coverage for the true one, or compare with another law.'],
  NO_CHECKPOINTS: [
    'warning',
    'Name the column that tells the runs apart with --columns run=NAME, or use shares of the family (--fraction-of family).',
  ],
  SINGLE_GROUP: ['warning', 'Name the column that tells the runs apart with --columns run=NAME or --group NAME.'],
  NO_DEGREES_OF_FREEDOM: ['error', 'Add runs; with as many parameters as runs any law fits exactly.'],
  ILL_CONDITIONED: [
    'warning',
    'Trust predictions inside the data; do not read single coefficients. Add spread in N and D.',
  ],
  TERM_OFF: ['error', 'The data do not support this term: use a law without it, or add runs that would show it.'],
  PARAM_AT_BOUND: ['error', 'The data push the parameter out of its range: fix it, or use a simpler law.'],
  UNIDENTIFIABLE: ['error', 'Fix the parameter (--fix), tie it (--tie), or use a simpler law.'],
  STALLED: ['error', 'Start elsewhere (--start), simplify the law, or check the data for gross errors.'],
  SEEDS_DISAGREE: ['info', 'The best of several local minima is reported; a simpler law may be better determined.'],
  STDERR_UNAVAILABLE: ['error', 'Use --bootstrap, fix or tie parameters, or use a simpler law.'],
  TERM_OFF_IN_RESAMPLES: ['warning', 'The data hardly support this term: compare with a law without it.'],
  STDERR_FROM_SANDWICH: ['info', 'Add --bootstrap 4000 for intervals that do not assume a symmetric error.'],
  IMPRECISE: [
    'warning',
    'Do not read this coefficient by itself; tie or fix an exponent, use a simpler law, or add runs.',
  ],
  FEW_RESAMPLES: ['warning', 'Use at least 1000 resamples for an interval.'],
  BOOTSTRAP_UNCERTIFIED: [
    'warning',
    'Intervals use the certified resamples only; a simpler law or more runs would help.',
  ],
  PROFILE_OPEN: ['warning', 'Report a limit on the other side only; fix or tie parameters, or add runs that bound it.'],
  PROFILE_CONDITIONAL: [
    'warning',
    'Profile that term itself for the values that the data allow, and fix it at these in turn.',
  ],
  PROFILE_BELOW_FIT: ['error', 'Fit again with --start at the values of the profile.'],
  PROFILE_UNCERTIFIED: ['warning', 'Do not use the curve there; a simpler law or more runs would help.'],
  PROFILE_JUMPS: ['warning', 'Look at the figure: the likelihood has several peaks, and an interval hides that.'],
  ROWS_CLUSTERED: ['warning', 'Use the adjustment by run, or fit one row for each run.'],
  NULL_ON_BOUNDARY: ['warning', 'Ask for a bootstrap of the test with --resamples.'],
  NESTED_FIT_LOWER: ['error', 'Fit the large law again with --start at the values of the small one.'],
  COEFFICIENT_NOT_TESTED: ['info', 'Leave the parameter free to test it.'],
  EXTRAPOLATION: ['warning', 'The interval assumes that the law keeps its form; train a larger run to check it.'],
  INTERVAL_UNAVAILABLE: ['warning', 'Fit again with --bootstrap, or use a law whose parameters are identifiable.'],
  IRREDUCIBLE_NEAR_ZERO: [
    'warning',
    'Do not read the irreducible loss; train longer or larger runs, or compare with a law without it (--fix E=0).',
  ],
  IRREDUCIBLE_NEAR_LOSS: [
    'warning',
    'Do not extrapolate from this fit: train runs that are clearly better, or fix the irreducible loss with --fix.',
  ],
  LATE_LOSS_RISES: [
    'warning',
    'Small models saturate, and so does repeated data: fit the larger sizes alone (--where), and report the gap.',
  ],
  SADDLE_RESIDUALS: [
    'warning',
    'A sum of terms misses that size and data act together: try the coupled form, --laws chinchilla,skaling.',
  ],
  LACK_OF_FIT: [
    'warning',
    'Compare laws of other forms with --laws; do not trust an extrapolation, whose error is not that of the noise.',
  ],
  REPLICATES_DIFFER: [
    'warning',
    'Look for what these runs do not share (a diverged seed, a schedule, another data set) and separate them with --where.',
  ],
  OUTLIERS: [
    'warning',
    'Look at these rows; leave out with --where what is a mistake, and see how far the exponents move.',
  ],
  MIXED_COUNTING: [
    'warning',
    'Say which count the exponents belong to, and compare only with results that count in the same way.',
  ],
  MINIMA_OFF_CENTRE: [
    'warning',
    'Centre the sizes of every budget on its minimum, or rely on the fitted law (approach 3), which has no such bias.',
  ],
  AVERAGED_OBJECTIVE: [
    'warning',
    'Sum the terms, as isoflop does, or tighten the tolerance; the fit reported here is the optimum.',
  ],
  FAMILIES_NOT_COMPARABLE: [
    'info',
    'Compare losses on the same held-out data with the same tokenizer, and give both families the same effort of tuning at every size.',
  ],
  FAMILIES_FEW_RUNS: ['warning', 'Train more runs of this family; with few runs any form fits and nothing is settled.'],
  FAMILIES_NO_OVERLAP: [
    'error',
    'Train runs of one family at sizes and budgets at which it reaches losses of the other.',
  ],
  FAMILIES_UNREACHED: [
    'warning',
    'Train larger runs, or compare at smaller compute, where both reach the same losses.',
  ],
  FAMILIES_SIGN_DEPENDS: [
    'error',
    'Do not extrapolate this comparison; larger runs of both families would tell which assumption holds.',
  ],
  FAMILIES_SHARING_REJECTED: [
    'warning',
    'If both families have the same data and tokenizer, this speaks against the law or the tuning of one family; else do not share it.',
  ],
  FAMILIES_FORM: [
    'warning',
    'Believe the pairs: the law does not have the form of these data; try another (--law skaling), or leave out runs that it misses.',
  ],
  FAMILIES_UNPAIRED: [
    'info',
    'Train both families at the same params, tokens and seeds, or name a column that pairs runs with --pair.',
  ],
  FAMILIES_PATH: ['warning', 'Choose a path with --path, or add runs along it.'],
  NOT_CALIBRATED: ['warning', 'Add runs of other sizes, or read the interval as that of the coefficients alone.'],
  NO_BACKTEST_AT_DISTANCE: [
    'warning',
    'Read the interval as a guess; train runs that are larger by part of the way, and fit again.',
  ],
  INTERVALS_INTERPOLATED: [
    'info',
    'Ask for up to 500 points at a time where the ends of intervals have to be exact; losses always are.',
  ],
  FORM_BEATEN: ['warning', 'Fit that law as well, and compare what they say about the target.'],
  ...planWarningKinds,
} as const satisfies Record<string, readonly [WarningLevel, string]>;

/** Code of a warning in the table. */
export type WarningCode = keyof typeof kinds;

/** Codes of the table, for schemas and documentation. */
export const warningCodes = Object.keys(kinds) as readonly WarningCode[];

/**
 * Makes a warning of the table; its level and remedy come from there unless the place that raises it knows better.
 *
 * @example
 * ```ts
 * createWarning('FEW_SIZES', 'Only 3 model sizes.', { numbers: { values: 3 } }).level; // 'warning'
 * ```
 */
export function createWarning(
  code: WarningCode,
  message: string,
  override: { level?: WarningLevel; remedy?: string; numbers?: Readonly<Record<string, number>> } = {},
): Warning {
  const [level, remedy] = kinds[code];
  // JSON has no infinities; what is no number is told in the message.
  const numbers = Object.entries(override.numbers ?? {}).filter(([, value]) => Number.isFinite(value));
  return {
    code,
    level: override.level ?? level,
    message,
    remedy: override.remedy ?? remedy,
    ...(numbers.length === 0 ? {} : { numbers: Object.fromEntries(numbers) }),
  };
}
