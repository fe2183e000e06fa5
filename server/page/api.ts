import type { Static } from 'typebox';
import type { PredictionJson } from '../../src/report/json.ts';
import type { Figure } from '../../src/plots/index.ts';
import type { ErrorBody } from '../schemas/error.ts';
import type { figureList } from '../schemas/figure.ts';
import type { lawList } from '../schemas/law.ts';
import type { fitDetail, fitList } from '../schemas/fit.ts';

export type FitList = Static<typeof fitList>;
export type LawList = Static<typeof lawList>;
export type FigureList = Static<typeof figureList>;

export type FitDetail = Static<typeof fitDetail>;

/** What the server answered instead, in words for the reader. */
export class ApiError extends Error {}

async function get(path: string, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The server does not answer. Is isoflop serve still running?');
  }
  const answer = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok && answer !== undefined) return answer;
  const known = answer as Partial<ErrorBody> | undefined;
  const words = known?.error === undefined ? undefined : `${known.error.message} ${known.error.remedy}`;
  throw new ApiError(words ?? `The server answered with status ${String(response.status)}.`);
}

const fitPath = (id: string): string => `api/fits/${encodeURIComponent(id)}`;

export const getFits = async (): Promise<FitList> => (await get('api/fits')) as FitList;

export const getLaws = async (): Promise<LawList> => (await get('api/laws')) as LawList;

export const getFit = async (id: string): Promise<FitDetail> => (await get(fitPath(id))) as FitDetail;

export const getFigures = async (id: string): Promise<FigureList> =>
  (await get(`${fitPath(id)}/figures`)) as FigureList;

export const getFigure = async (id: string, figure: string): Promise<Figure> =>
  (await get(`${fitPath(id)}/figures/${encodeURIComponent(figure)}`)) as Figure;

export const getPrediction = async (
  id: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<PredictionJson> =>
  (await get(`${fitPath(id)}/predict?${new URLSearchParams(query).toString()}`, signal)) as PredictionJson;
