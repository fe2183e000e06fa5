/** What the server answers, by the names that the page has for it. */
import type {
  BacktestResult,
  CreateFitRequest,
  DatasetDetail,
  FitList,
  PointQuery,
  SweepDetail,
  SweepList,
} from '../client/client.ts';
import type { FitJson } from '../../src/report/json.ts';

export type {
  AcceleratorList,
  Allocation,
  BacktestRequest,
  DatasetDetail,
  DatasetList,
  Figure,
  FitDetail,
  FitList,
  Job,
  Plan,
  PlanAnswer,
  PlanBody,
  NextAnswer,
  PredictionJson,
  SweepDetail,
  SweepFigures,
  SweepList,
  WatchState,
} from '../client/client.ts';
export type { PlainObject } from '../../src/plots/figure.ts';
export type { Warning } from '../../src/core/warnings.ts';
export type { FitJson };

export type FitSummary = FitList['fits'][number];
export type SweepSummary = SweepList['sweeps'][number];
export type SweepFamily = SweepDetail['families'][number];
export type Column = DatasetDetail['columns'][number];

/** A fit as it is asked for, with the data sets that it is of. */
export type Request = Omit<CreateFitRequest, 'id' | 'wait'>;

/** What is asked about, as text: `70B`, `1.4T`, `5.76e23`. */
export type Point = Pick<PointQuery, 'params' | 'tokens' | 'flops'>;

/** What a backtest or a comparison comes to. */
export type StudyResult = Pick<BacktestResult, 'report' | 'figures'>;
