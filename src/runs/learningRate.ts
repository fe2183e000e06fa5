import { createWarning, type Warning } from '../core/warnings.ts';
import { runCodes, type RunCodes } from './runCodes.ts';
import type { Runs } from './runs.ts';

/** A learning rate this close to the largest of its run (relative) is at its peak. */
const peakTolerance = 0.01;

/**
 * A checkpoint whose learning rate is above this share of its run's peak has not been annealed. Schedules in use end at 0 to
 * a tenth of their peak, and a cosine down to a tenth is below a fifth in the last 22% of the run.
 */
const annealedShare = 0.2;

/** What the learning rates of the rows tell; all arrays have length rows. */
interface Schedule {
  readonly codes: Int32Array;
  /** Largest learning rate of the run of each row. */
  readonly peak: (i: number) => number;
  /** Progress at which the run of a row first comes to its peak. */
  readonly peakBegins: (i: number) => number;
  /** Progress at which it is last there. */
  readonly peakEnds: (i: number) => number;
  readonly progress: Float64Array;
}

/**
 * The learning-rate schedules of the runs, or `undefined` where the column holds none: it has to change within a run. A run
 * of which one moment has several learning rates is a sweep and makes no schedule.
 */
function scheduleOf(runs: Runs, unnamed: 'alone' | 'size'): Schedule | undefined {
  const { learningRate, tokens, step } = runs.quantities;
  const progress = step ?? tokens;
  if (learningRate === undefined || progress === undefined) return undefined;
  const { codes, count, hasCheckpoints } = runCodes(runs, { unnamed });
  if (!hasCheckpoints) return undefined;
  const peak = new Float64Array(count).fill(-Infinity);
  const low = new Float64Array(count).fill(Infinity);
  codes.forEach((code, i) => {
    if (Number.isNaN(learningRate[i])) return;
    peak[code] = Math.max(peak[code], learningRate[i]);
    low[code] = Math.min(low[code], learningRate[i]);
  });
  if (!peak.some((high, code) => low[code] < (1 - peakTolerance) * high)) return undefined;
  const isKnown = ordinaryRuns({ codes, count }, learningRate, progress);
  if (!isKnown.some((known, code) => known === 1 && low[code] < (1 - peakTolerance) * peak[code])) return undefined;

  const begins = new Float64Array(count).fill(Infinity);
  const ends = new Float64Array(count).fill(-Infinity);
  codes.forEach((code, i) => {
    if (!(learningRate[i] >= (1 - peakTolerance) * peak[code])) return;
    begins[code] = Math.min(begins[code], progress[i]);
    ends[code] = Math.max(ends[code], progress[i]);
  });
  const ofRun = (values: Float64Array) => (i: number) => (isKnown[codes[i]] === 1 ? values[codes[i]] : NaN);
  return { codes, peak: ofRun(peak), peakBegins: ofRun(begins), peakEnds: ofRun(ends), progress };
}

/** 1 for each run with several moments, each of which has one learning rate: a single row does not show the peak. */
function ordinaryRuns(
  { codes, count }: Pick<RunCodes, 'codes' | 'count'>,
  learningRate: Float64Array,
  progress: Float64Array,
): Uint8Array {
  const moments = new Int32Array(count);
  const isSweep = new Uint8Array(count);
  const last = new Int32Array(count).fill(-1);
  const take = (i: number): void => {
    const before = last[codes[i]];
    if (before === -1 || progress[before] !== progress[i]) moments[codes[i]]++;
    else if (learningRate[before] !== learningRate[i]) isSweep[codes[i]] = 1;
    last[codes[i]] = i;
  };
  const isKnown = (i: number): boolean => !Number.isNaN(learningRate[i]) && !Number.isNaN(progress[i]);
  // Rows of a run follow each other in most tables, which need no sorting then.
  if (isAscending(codes, count, progress)) {
    for (let i = 0; i < codes.length; i++) if (isKnown(i)) take(i);
  } else {
    const rows = codes.map((_, i) => i).filter(isKnown);
    rows.sort((a, b) => progress[a] - progress[b]).forEach(take);
  }
  return Uint8Array.from(moments, (known, code) => (known > 1 && isSweep[code] === 0 ? 1 : 0));
}

/** Whether the rows of each run go forward. */
function isAscending(codes: Int32Array, count: number, progress: Float64Array): boolean {
  const reached = new Float64Array(count).fill(-Infinity);
  for (let i = 0; i < codes.length; i++) {
    if (progress[i] < reached[codes[i]]) return false;
    if (progress[i] > reached[codes[i]]) reached[codes[i]] = progress[i];
  }
  return true;
}

/**
 * Rows of the warm-up, before the learning rate of their run first comes to its largest value.
 *
 * @returns 1 for each such row, or `undefined` where no learning rate rises within a run
 */
export function warmupRows(runs: Runs): Uint8Array | undefined {
  const schedule = scheduleOf(runs, 'size');
  if (schedule === undefined) return undefined;
  const rows = new Uint8Array(runs.rows);
  for (let i = 0; i < rows.length; i++) if (schedule.progress[i] < schedule.peakBegins(i)) rows[i] = 1;
  return rows.includes(1) ? rows : undefined;
}

/**
 * Rows taken before the learning rate of their run has decayed: before it leaves its peak, or while it is above a fifth of
 * that. A run whose learning rate never falls has only such rows.
 *
 * @returns 1 for each such row, or `undefined` where no run shows a schedule
 */
function rowsBeforeDecay(runs: Runs): Uint8Array | undefined {
  const schedule = scheduleOf(runs, 'alone');
  const { learningRate } = runs.quantities;
  if (schedule === undefined || learningRate === undefined) return undefined;
  const { codes, peak, peakEnds, progress } = schedule;
  const isBefore = new Uint8Array(codes.length);
  for (let i = 0; i < isBefore.length; i++)
    if (learningRate[i] > annealedShare * peak(i) || progress[i] < peakEnds(i)) isBefore[i] = 1;
  return isBefore;
}

/**
 * The warning about rows taken before decay, if there are any.
 *
 * @param runs - the rows before any selection, which show the peak of each run
 * @param kept - indices of those that are kept
 * @returns no or one warning; `undefined` where no run shows a schedule
 */
export function decayWarnings(runs: Runs, kept: Int32Array): readonly Warning[] | undefined {
  const isBefore = rowsBeforeDecay(runs);
  if (isBefore === undefined) return undefined;
  const { codes, count } = runCodes(runs);
  /** 1 for each run of which rows are kept, 2 where one of these was taken before decay. */
  const seen = new Uint8Array(count);
  let rows = 0;
  for (const i of kept) {
    if (isBefore[i] === 1) rows++;
    seen[codes[i]] = Math.max(seen[codes[i]], 1 + isBefore[i]);
  }
  if (rows === 0) return [];
  const numbers = {
    rows,
    ofRows: kept.length,
    runs: seen.reduce((sum, flag) => sum + (flag === 2 ? 1 : 0), 0),
    ofRuns: seen.reduce((sum, flag) => sum + (flag > 0 ? 1 : 0), 0),
    share: annealedShare,
  };
  const { ofRows, ofRuns } = numbers;
  return [
    createWarning(
      'BEFORE_DECAY',
      `${String(numbers.rows)} of ${String(ofRows)} rows, in ${String(numbers.runs)} of ${String(ofRuns)} runs, were taken before the learning rate fell to ${String(100 * annealedShare)}% of the run's peak: their loss lies above that of a run that ends there.`,
      { numbers },
    ),
  ];
}
