/**
 * A typed client of the API of `isoflop serve`, for browsers and Node.
 *
 * @module isoflop/client
 */
import type { Static } from '@fastify/type-provider-typebox';
import type { Allocation } from '../../src/plan/allocate.ts';
import type { Plan } from '../../src/plan/budget/plan.ts';
import type { Figure } from '../../src/plots/figure.ts';
import type { PredictionJson } from '../../src/report/json.ts';
import type { datasetDetail, datasetList } from '../schemas/dataset.ts';
import type { figureList, figureQuery } from '../schemas/figure.ts';
import type { createFit, fitDetail, fitList, fitListQuery, preview, previewRequest } from '../schemas/fit.ts';
import type { accepted, backtestResult, comparisonResult, job, jobList } from '../schemas/job.ts';
import type { lawList } from '../schemas/law.ts';
import type { acceleratorList, planBody } from '../schemas/plan.ts';
import type { NextAnswer, nextBody } from '../schemas/next.ts';
import type { predictQuery } from '../schemas/prediction.ts';
import type { WatchState } from '../../src/watch/watchRun.ts';
import type { watchQuery } from '../schemas/watch.ts';
import type { sweepDetail, sweepFigures, sweepList } from '../schemas/sweep.ts';
import type { createBacktest, createComparison } from '../schemas/work.ts';
import { followEvents } from './followEvents.ts';
import { createTransport, type ClientOptions } from './transport.ts';
import { uploadFile, type UploadOptions } from './upload.ts';

/**
 * What `watchRun` asks: the loss that the run is to reach, and what it costs.
 *
 * @useDeclaredType
 */
export type WatchOptions = Static<typeof watchQuery>;

export { ApiError } from './apiError.ts';
export type { Allocation, ClientOptions, Figure, NextAnswer, Plan, PredictionJson, UploadOptions, WatchState };

/**
 * What `createFit` sends: data sets, law, rows and objective.
 *
 * @useDeclaredType
 */
export type CreateFitRequest = Static<typeof createFit>;
/**
 * What `preview` sends.
 *
 * @useDeclaredType
 */
export type PreviewRequest = Static<typeof previewRequest>;
/**
 * What `backtest` sends.
 *
 * @useDeclaredType
 */
export type BacktestRequest = Static<typeof createBacktest>;
/**
 * What `compare` sends.
 *
 * @useDeclaredType
 */
export type ComparisonRequest = Static<typeof createComparison>;
/**
 * Which fits `listFits` gives; all unless narrowed.
 *
 * @useDeclaredType
 */
export type FitListFilter = Static<typeof fitListQuery>;
/**
 * A model to predict: two of params, tokens and flops, or flops alone for the compute optimum.
 *
 * @useDeclaredType
 */
export type PointQuery = Static<typeof predictQuery>;
/**
 * What `nextRuns` sends: a target, a budget and constraints.
 *
 * @useDeclaredType
 */
export type NextRequest = Static<typeof nextBody>;
/**
 * What can be asked of a figure.
 *
 * @useDeclaredType
 */
export type FigureOptions = Omit<Static<typeof figureQuery>, 'format'>;

/**
 * A job: what it does, how far it is, and how it ended.
 *
 * @useDeclaredType
 */
export type Job = Static<typeof job>;
/**
 * Jobs that wait, run or ended lately.
 *
 * @useDeclaredType
 */
export type JobList = Static<typeof jobList>;
/**
 * The answer 202: the job that does what takes longer.
 *
 * @useDeclaredType
 */
export type Accepted = Static<typeof accepted>;
/**
 * A saved fit with its report.
 *
 * @useDeclaredType
 */
export type FitDetail = Static<typeof fitDetail>;
/**
 * Saved fits, the newest first.
 *
 * @useDeclaredType
 */
export type FitList = Static<typeof fitList>;
/**
 * A data set: its columns, and the quantities recognised in them.
 *
 * @useDeclaredType
 */
export type DatasetDetail = Static<typeof datasetDetail>;
/**
 * Data sets, the newest first.
 *
 * @useDeclaredType
 */
export type DatasetList = Static<typeof datasetList>;
/**
 * The figures of a fit, and why a figure cannot be drawn.
 *
 * @useDeclaredType
 */
export type FigureList = Static<typeof figureList>;
/**
 * Laws that can be fitted.
 *
 * @useDeclaredType
 */
export type LawList = Static<typeof lawList>;
/**
 * Sweeps and single runs, what runs first.
 *
 * @useDeclaredType
 */
export type SweepList = Static<typeof sweepList>;
/**
 * A sweep as it stands: its runs, the law of those that have ended, and what it predicts.
 *
 * @useDeclaredType
 */
export type SweepDetail = Static<typeof sweepDetail>;
/**
 * Figures of a sweep, by their names.
 *
 * @useDeclaredType
 */
export type SweepFigures = Readonly<Record<keyof Static<typeof sweepFigures>, Figure>>;
/**
 * What a backtest gave.
 *
 * @useDeclaredType
 */
export type BacktestResult = Static<typeof backtestResult>;
/**
 * What a comparison gave.
 *
 * @useDeclaredType
 */
export type ComparisonResult = Static<typeof comparisonResult>;
/**
 * What `preview` gives, with figures as Plotly takes them.
 *
 * @useDeclaredType
 */
export type Preview = Omit<Static<typeof preview>, 'figures'> & {
  readonly figures: Readonly<Record<string, Figure | { readonly unavailable: string }>>;
};

/**
 * What a plan may cost, what it has to reach, and what is at hand; quantities as text, such as `70B`.
 *
 * @useDeclaredType
 */
export type PlanBody = Static<typeof planBody>;
/** A plan with its figure and its report. */
export interface PlanAnswer {
  readonly plan: Plan;
  readonly figure: Figure;
  readonly report: string;
}
/**
 * Accelerators that plans know.
 *
 * @useDeclaredType
 */
export type AcceleratorList = Static<typeof acceleratorList>;

/** Many points as columns of equal length; any two give the third. */
export interface PointColumns {
  readonly params?: readonly number[];
  readonly tokens?: readonly number[];
  readonly flops?: readonly number[];
}
/** Predictions as columns, in the order of the points. */
export interface PredictedColumns {
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly warnings: PredictionJson['warnings'];
}

/** A saved fit, or the job that is making it. */
export type CreatedFit = FitDetail | Accepted;

/**
 * A client of the API of `isoflop serve`, for browsers and Node, with the types of the server's own schemas. Every method
 * throws {@link ApiError} for what the server refuses.
 *
 * @example
 * ```ts
 * const client = createClient({ baseUrl: address });
 * const { points } = await client.predict('chinchilla', { params: '70B', tokens: '1.4T' });
 * points[0].loss; // 1.97337
 * ```
 */
export function createClient(options: ClientOptions = {}) {
  const transport = createTransport(options);
  const { json } = transport;
  const fit = (id: string, rest = ''): string => `api/fits/${encodeURIComponent(id)}${rest}`;
  const one = (kind: string, id: string, rest = ''): string => `api/${kind}/${encodeURIComponent(id)}${rest}`;

  /** A job now and on every change until it has ended. */
  const followJob = (id: string, signal?: AbortSignal): AsyncGenerator<Job> =>
    followEvents<Job>(transport, one('jobs', id, '/events'), 'job', signal);

  return {
    /** Laws that can be fitted. */
    listLaws: (signal?: AbortSignal) => json<LawList>('GET', 'api/laws', { signal }),

    listDatasets: (signal?: AbortSignal) => json<DatasetList>('GET', 'api/datasets', { signal }),
    getDataset: (id: string, signal?: AbortSignal) => json<DatasetDetail>('GET', one('datasets', id), { signal }),
    /** Uploads a CSV; the same bytes are kept once. */
    uploadDataset: (file: Blob, name: string, upload: UploadOptions = {}) =>
      uploadFile<DatasetDetail>(transport, 'api/datasets', file, name, upload),
    deleteDataset: (id: string) => json<undefined>('DELETE', one('datasets', id)),
    /** The CSV itself. */
    downloadDataset: async (id: string) =>
      (await transport.send('GET', transport.url(one('datasets', id, '/download')))).blob(),

    listFits: (filter: FitListFilter = {}, signal?: AbortSignal) =>
      json<FitList>('GET', 'api/fits', { query: filter, signal }),
    /** Fits and saves; a fit that takes longer than `wait` seconds comes as a job, see `followJob`. */
    createFit: (request: CreateFitRequest, signal?: AbortSignal) =>
      json<CreatedFit>('POST', 'api/fits', { body: request, signal }),
    /** Fits without saving. */
    preview: (request: PreviewRequest, signal?: AbortSignal) =>
      json<Preview>('POST', 'api/preview', { body: request, signal }),
    getFit: (id: string, signal?: AbortSignal) => json<FitDetail>('GET', fit(id), { signal }),
    renameFit: (id: string, to: string) => json<FitDetail>('PATCH', fit(id), { body: { id: to } }),
    deleteFit: (id: string) => json<undefined>('DELETE', fit(id)),
    /** The file of a saved fit. */
    downloadFit: async (id: string) => (await transport.send('GET', transport.url(fit(id, '/download')))).blob(),

    predict: (id: string, point: PointQuery, signal?: AbortSignal) =>
      json<PredictionJson>('GET', fit(id, '/predict'), { query: point, signal }),
    /** Up to 100,000 points at once. */
    predictBatch: (
      id: string,
      columns: PointColumns,
      about: { readonly confidence?: number; readonly calibrated?: boolean } = {},
      signal?: AbortSignal,
    ) => json<PredictedColumns>('POST', fit(id, '/predict'), { body: { columns, ...about }, signal }),
    allocate: (id: string, budget: { readonly flops: string; readonly confidence?: number }, signal?: AbortSignal) =>
      json<Allocation>('GET', fit(id, '/allocate'), { query: budget, signal }),
    /** The next run under limits of compute, time, money, data and size, with a figure of the choice. */
    plan: (id: string, request: PlanBody, signal?: AbortSignal) =>
      json<PlanAnswer>('POST', fit(id, '/plan'), { body: request, signal }),
    /** Accelerators that plans know. */
    listAccelerators: (signal?: AbortSignal) => json<AcceleratorList>('GET', 'api/accelerators', { signal }),
    /** Which runs to train next. */
    nextRuns: (id: string, request: NextRequest, signal?: AbortSignal) =>
      json<NextAnswer>('POST', fit(id, '/next'), { body: request, signal }),

    listFigures: (id: string, signal?: AbortSignal) => json<FigureList>('GET', fit(id, '/figures'), { signal }),
    getFigure: (id: string, figure: string, about: FigureOptions = {}, signal?: AbortSignal) =>
      json<Figure>('GET', fit(id, `/figures/${encodeURIComponent(figure)}`), { query: about, signal }),
    /** Two to eight fits in one figure. */
    overlay: (ids: readonly string[], about: FigureOptions = {}, signal?: AbortSignal) =>
      json<Figure>('GET', 'api/overlay', { query: { fits: ids.join(','), ...about }, signal }),

    backtest: (request: BacktestRequest, signal?: AbortSignal) =>
      json<BacktestResult | Accepted>('POST', 'api/backtests', { body: request, signal }),
    compare: (request: ComparisonRequest, signal?: AbortSignal) =>
      json<ComparisonResult | Accepted>('POST', 'api/comparisons', { body: request, signal }),

    /** Sweeps and single runs in the server's folder of runs. */
    sweeps: (signal?: AbortSignal) => json<SweepList>('GET', 'api/sweeps', { signal }),
    /** A sweep as it stands: its runs, the law of those that have ended, and what it predicts. */
    sweep: (id: string, signal?: AbortSignal) => json<SweepDetail>('GET', one('sweeps', id), { signal }),
    sweepFigures: (id: string, signal?: AbortSignal) =>
      json<SweepFigures>('GET', one('sweeps', id, '/figures'), { signal }),
    /** A run of a sweep as it stands: what was expected of it, what its end will be, and what is wrong in it. */
    watchRun: (id: string, run: string, about: WatchOptions = {}, signal?: AbortSignal) =>
      json<WatchState>('GET', one('sweeps', id, `/runs/${encodeURIComponent(run)}/watch`), { query: about, signal }),
    watchFigure: (id: string, run: string, about: WatchOptions = {}, signal?: AbortSignal) =>
      json<Figure>('GET', one('sweeps', id, `/runs/${encodeURIComponent(run)}/watch/figure`), { query: about, signal }),
    /** A sweep now and on every change, until the signal. */
    followSweep: (id: string, signal?: AbortSignal): AsyncGenerator<SweepDetail> =>
      followEvents<SweepDetail>(transport, one('sweeps', id, '/events'), 'sweep', signal),

    listJobs: (signal?: AbortSignal) => json<JobList>('GET', 'api/jobs', { signal }),
    getJob: (id: string, signal?: AbortSignal) => json<Job>('GET', one('jobs', id), { signal }),
    cancelJob: (id: string) => json<Job>('DELETE', one('jobs', id)),
    followJob,
    /** What a finished backtest or comparison gave. */
    jobResult: (id: string, signal?: AbortSignal) =>
      json<BacktestResult | ComparisonResult>('GET', one('jobs', id, '/result'), { signal }),
  };
}

/** What {@link createClient} makes. */
export type Client = ReturnType<typeof createClient>;
