import type { SavedFit } from '../../src/report/savedFit.ts';
import type { FitSummary } from '../schemas/fit.ts';
import { requestOf } from './fitRequestOf.ts';

export type { FitSummary };

/** What the list of fits shows of one. */
export function summarizeSaved(id: string, created: string, fit: SavedFit): FitSummary {
  const { law, formula, status, points, objective, data, params, warnings } = fit;
  const count = (level: string): number => warnings.filter((warning) => warning.level === level).length;
  return {
    id,
    law,
    formula: formula !== null,
    status,
    points,
    objective: objective.name,
    source: data.source,
    dataset: requestOf(fit)?.datasets.join(',') ?? null,
    created,
    warnings: { error: count('error'), warning: count('warning'), info: count('info') },
    coefficients: Object.fromEntries(
      Object.entries(params).map(([name, { value }]) => [name, Number.isFinite(value) ? value : null]),
    ),
  };
}
