import type { Fit } from '../../../src/fit/result.ts';
import { lawOf } from '../../../src/laws/index.ts';
import { predictColumns } from '../../../src/plan/predictColumns.ts';
import type { JsonBytes } from '../tasks.ts';
import { readBatch } from './readBatch.ts';
import { writeColumns, writePoints } from './writeBatch.ts';

/**
 * Predicts many points: the body of a request, points or columns, to that of its answer.
 *
 * @throws {@link IsoflopError} `REQUEST_INVALID`, and as `predictPoints`
 */
export function predictBatch(fit: Fit, body: Uint8Array): JsonBytes {
  const { form, columns, points, confidence, calibrated, placeOf } = readBatch(body, lawOf(fit));
  const prediction = predictColumns(fit, columns, points, { confidence, calibrated, placeOf });
  return form === 'columns' ? writeColumns(prediction, { calibrated }) : writePoints(prediction);
}
