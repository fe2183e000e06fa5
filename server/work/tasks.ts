import type { BacktestRequest } from '../../src/node/request/backtests.ts';
import type { CompareRequest } from '../../src/node/request/families.ts';
import type { FitRequest } from '../../src/node/request/options.ts';
import type { RunsFile } from '../../src/node/request/read.ts';
import type { FigureQuery } from '../schemas/figure.ts';
import type { PlanBody } from '../schemas/plan.ts';
import type { PreviewExtras } from '../schemas/preview.ts';
import type { SweepSummary } from '../schemas/sweep.ts';
import type { WatchQuery } from '../schemas/watch.ts';
import type { Description } from '../stores/description.ts';

/** JSON as bytes, ready to be sent. */
export type JsonBytes = Uint8Array<ArrayBuffer>;

/** A saved fit as a thread finds it; the stamp changes when the file does. */
export interface FitFile {
  readonly path: string;
  readonly stamp: string;
}

/** What threads do for the server: by name, what each takes and what it gives. Everything is plain data. */
export interface Tasks {
  /** Reads a CSV file to its end and says what is in it. */
  describe: {
    input: { readonly file: RunsFile; readonly limits: { rows: number; columns: number } };
    output: Description;
  };
  /** Fits a law and gives the text of the saved fit. */
  fit: {
    input: { readonly files: readonly RunsFile[]; readonly request: FitRequest; readonly command: string };
    output: JsonBytes;
  };
  /** Fits a law without saving it, and draws. */
  preview: {
    input: { readonly files: readonly RunsFile[]; readonly request: FitRequest; readonly extras: PreviewExtras };
    output: JsonBytes;
  };
  backtest: {
    input: { readonly files: readonly RunsFile[]; readonly request: BacktestRequest };
    output: JsonBytes;
  };
  compare: {
    input: { readonly files: readonly RunsFile[]; readonly request: CompareRequest };
    output: JsonBytes;
  };
  /** Predicts many points: the body of a request to the body of its answer. */
  predict: { input: { readonly fit: FitFile; readonly body: Uint8Array }; output: JsonBytes };
  /** Plans a run. */
  plan: { input: { readonly fit: FitFile; readonly body: PlanBody }; output: JsonBytes };
  /** A figure of a fit as Plotly JSON or SVG. */
  figure: { input: { readonly fit: FitFile; readonly figure: string; readonly query: FigureQuery }; output: JsonBytes };
  /** Which figures a fit has, and those that are drawn quickly as Plotly JSON, by id. */
  figures: {
    input: FitFile;
    output: {
      readonly list: readonly { id: string; title: string; description: string; unavailable: string | null }[];
      readonly drawn: Readonly<Record<string, JsonBytes>>;
    };
  };
  /** A sweep as it stands: what the list shows, all of it as JSON, and its figures as JSON. */
  sweep: {
    input: { readonly id: string; readonly path: string; readonly updated: string };
    output: { readonly summary: SweepSummary; readonly detail: JsonBytes; readonly figures: JsonBytes };
  };
  /** A run of a sweep as it stands, as JSON, and its figure. */
  watch: {
    input: { readonly path: string; readonly run: string; readonly query: WatchQuery };
    output: { readonly state: JsonBytes; readonly figure: JsonBytes };
  };
  /** One figure of several fits. */
  overlay: {
    input: { readonly fits: readonly (FitFile & { readonly name: string })[]; readonly query: FigureQuery };
    output: JsonBytes;
  };
}

export type TaskName = keyof Tasks;
export type InputOf<Name extends TaskName> = Tasks[Name]['input'];
export type OutputOf<Name extends TaskName> = Tasks[Name]['output'];

/** How far a task is. */
export interface Progress {
  readonly stage: 'reading' | 'fitting' | 'bootstrap' | 'backtests' | 'matrix' | 'resampling' | 'drawing';
  readonly done: number;
  readonly total: number;
}

/** Told how far a task is; most tasks are too short to tell. */
export type OnProgress = (progress: Progress) => void;
