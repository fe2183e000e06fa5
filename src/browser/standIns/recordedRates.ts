import { IsoflopError } from '../../core/errors.ts';
import type { recordRates as record } from '../../runs/recordedRates.ts';

let whole: typeof record | undefined;

/** Makes known how the learning rates of runs are kept, which laws of curves need. */
export function addRecordedRates(all: typeof record): void {
  whole = all;
}

/** As in Node, once the rest is loaded. */
export const recordRates: typeof record = (runs) => {
  if (whole === undefined)
    throw new IsoflopError('USAGE', {
      message: 'Laws of learning-rate schedules are not loaded.',
      remedy: "Await import('isoflop/browser/all') before.",
    });
  return whole(runs);
};
