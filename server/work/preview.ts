import { IsoflopError } from '../../src/core/errors.ts';
import { parseQuantity } from '../../src/core/quantity.ts';
import type { Fit } from '../../src/fit/result.ts';
import { fitRequested } from '../../src/node/request/fits.ts';
import type { FitRequest } from '../../src/node/request/options.ts';
import { readRequested, type RunsFile } from '../../src/node/request/read.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { buildFigures, findFigure, type Figure } from '../../src/plots/index.ts';
import { fitToJson, predictionToJson, type FitJson, type PredictionJson } from '../../src/report/json.ts';
import { formatReport } from '../../src/report/text.ts';
import type { ErrorBody } from '../schemas/error.ts';
import type { PreviewExtras } from '../schemas/preview.ts';

/** A fit that is not saved, with what a page shows of it. */
export interface Preview {
  readonly fit: FitJson;
  readonly report: string;
  readonly figures: Readonly<Record<string, Figure | { readonly unavailable: string }>>;
  readonly prediction: PredictionJson | ErrorBody | null;
}

/** Fits without resamples and backtests, which take longer than the fit, and draws what is asked for. */
export async function previewFit(
  files: readonly RunsFile[],
  request: FitRequest,
  { figures = [], run, predict }: PreviewExtras,
): Promise<Preview> {
  const { fit } = await fitRequested(files, { ...request, bootstrap: 0, calibration: false }, readRequested);
  const built = buildFigures(fit, run === undefined ? {} : { run }, figures.map(findFigure));
  return {
    fit: fitToJson(fit),
    report: formatReport(fit),
    figures: Object.fromEntries(
      built.map(({ definition, figure, reason }) => [definition.id, figure ?? { unavailable: reason }]),
    ),
    prediction: predict === undefined ? null : predictOne(fit, predict),
  };
}

/** A point that cannot be predicted is no reason to show no fit. */
function predictOne(fit: Fit, point: NonNullable<PreviewExtras['predict']>): PredictionJson | ErrorBody {
  try {
    const quantities = Object.entries(point).map(([name, text]) => [name, parseQuantity(text, name)] as const);
    return predictionToJson(predictPoints(fit, [Object.fromEntries(quantities)]));
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
    const { code, message, remedy } = error as IsoflopError;
    return { error: { code, message, remedy } };
  }
}
