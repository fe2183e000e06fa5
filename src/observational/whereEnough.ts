import { IsoflopError } from '../core/errors.ts';

/** What a fit gives, or `undefined` where the models that were drawn are not enough for it. */
export function whereEnough<Found>(fit: () => Found): Found | undefined {
  try {
    return fit();
  } catch (error) {
    if (error instanceof IsoflopError && error.code === 'MODELS_TOO_FEW') return undefined;
    throw error;
  }
}
