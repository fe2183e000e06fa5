/** What the server answers, as the page uses it. */
import type { FitRequest } from '../../src/node/request/options.ts';
import type { Allocation } from '../../src/plan/allocate.ts';
import type { Figure } from '../../src/plots/figure.ts';
import type { FitJson, PredictionJson } from '../../src/report/json.ts';

export type { Allocation, Figure, FitJson, PredictionJson };
export type { PlainObject } from '../../src/plots/figure.ts';
export type { Warning } from '../../src/core/warnings.ts';

/** An error as the server tells it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface FitSummary {
  readonly id: string;
  readonly law: string;
  readonly formula?: boolean;
  readonly status: string;
  readonly points: number;
  readonly objective: string;
  readonly source: string;
  readonly dataset?: string | null;
  readonly created?: string;
  readonly warnings?: { readonly error: number; readonly warning: number; readonly info: number };
  readonly coefficients?: Readonly<Record<string, number | null>>;
}

export interface FitList {
  readonly fits: readonly FitSummary[];
  readonly broken: readonly { readonly id: string; readonly error: Fault }[];
  readonly total?: number;
}

/** A fit as it is asked for, with the data sets that it is of. */
export type Request = FitRequest & { readonly datasets: readonly string[] };

export interface FitDetail {
  readonly id: string;
  readonly created?: string;
  readonly dataset?: string | null;
  readonly fit: FitJson;
  readonly report: string;
  readonly command: string | null;
  readonly request?: Request | null;
}

export interface DatasetSummary {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly origin: 'uploaded' | 'folder';
  readonly created: string;
}

export interface Column {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'empty';
  readonly filled: number;
  readonly distinct: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly examples: readonly string[];
}

export interface DatasetDetail extends DatasetSummary {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly quantities: Readonly<Record<string, string>>;
  readonly ambiguous: Readonly<Record<string, readonly string[]>>;
  readonly derived: readonly string[];
  readonly problem: Fault | null;
}

export interface DatasetList {
  readonly datasets: readonly DatasetSummary[];

}

export interface Job {
  readonly id: string;
  readonly kind: 'fit' | 'backtest' | 'compare';
  readonly title: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
  readonly position: number | null;
  readonly progress: { readonly stage: string; readonly done: number; readonly total: number | null } | null;
  readonly fit: string | null;
  readonly result: string | null;
  readonly error: Fault | null;
}

/** A figure with what the page says about it. */
export interface TitledFigure {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly figure: Figure;
}

/** What a backtest or a comparison comes to. */
export interface StudyResult {
  readonly report: string;
  readonly figures: readonly TitledFigure[];
}

/** What is asked about, as text: `70B`, `1.4T`, `5.76e23`. */
export interface Point {
  readonly params?: string;
  readonly tokens?: string;
  readonly flops?: string;
}

export interface Preview {
  readonly fit: FitJson;
  readonly report: string;
  readonly figures: Readonly<Record<string, Figure | { readonly unavailable: string }>>;
  readonly prediction: PredictionJson | { readonly error: Fault } | null;
}

export interface PreviewRequest extends Request {
  readonly figures?: readonly string[];
  readonly predict?: Point;
  readonly run?: string;
}
