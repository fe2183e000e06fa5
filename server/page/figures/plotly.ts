import address from 'plotly.js-dist-min/plotly.min.js?url';
import { ApiError } from '../api.ts';

/** An axis of a drawn figure, as far as the page reads it. */
export interface DrawnAxis {
  readonly _offset: number;
  readonly _length: number;
  readonly d2p: (value: unknown) => number;
}

/** What the mouse points at. */
export interface PlotlyEvent {
  readonly points: readonly {
    readonly curveNumber: number;
    readonly pointNumber?: number;
    readonly customdata?: unknown;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
}

/** An element that Plotly has drawn into. */
export interface PlotElement extends HTMLElement {
  readonly data?: readonly Readonly<Record<string, unknown>>[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly _fullLayout?: Readonly<Record<string, unknown>>;
  on?: (event: string, handler: (event: PlotlyEvent) => void) => void;
}

/** The part of Plotly that the page calls. */
export interface Plotly {
  react(element: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  relayout(element: HTMLElement, change: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(element: HTMLElement | object, options: object): Promise<string>;
  readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
}

let loading: Promise<Plotly> | undefined;

/** Loads Plotly once. It is large, so the rest of the page does not wait for it; the page's head has already asked for it. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => {
      resolve((globalThis as unknown as { Plotly: Plotly }).Plotly);
    };
    script.onerror = () => {
      loading = undefined;
      const fault = { code: 'UNREACHABLE', message: 'Plotly could not be loaded.', remedy: 'Reload the page.' };
      reject(new ApiError(fault, 0));
    };
    document.head.append(script);
  });
  return loading;
}
