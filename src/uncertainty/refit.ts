import { createCoordinates } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Newton } from '../fit/newton.ts';
import { findObjective } from '../fit/objectives/index.ts';
import { Problem } from '../fit/problem.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { selectRows } from '../fit/rows.ts';
import { judge } from '../fit/status.ts';
import { lawOf } from '../laws/index.ts';
import { toCoordinates, type Law } from '../laws/law.ts';
import type { Category, Runs } from '../runs/runs.ts';
import { runWeights } from '../runs/runWeights.ts';

/** The refit is the same optimum when no coordinate moves by more than this, relative to its size or in a logarithm. */
const samePoint = 1e-4;
/** The objective may differ by this, relative to its value: its last digits come from the order of a sum. */
const sameValue = 1e-6;

/**
 * Fits the rows that a saved fit carries once more, from its own optimum, so that what needs the rows and not only the
 * result (such as a profile likelihood) can be computed without the file that they came from.
 *
 * @param fit - a fit with its rows
 * @returns the fit, or why it cannot be repeated: rows that were thinned, weights that were given, an optimum that is not
 *   found again
 * @example
 * ```ts
 * const again = refitSaved(fit);
 * 'fault' in again ? again.fault : profileParam(again, 'alpha').interval; // [0.314, 0.378]
 * ```
 */
export function refitSaved(fit: Fit): LawFit | { readonly fault: string } {
  const began = performance.now();
  const { settings, fitted } = fit;
  if (fitted.rows === 0) return { fault: 'the fit holds no data' };
  if (fitted.rows < fit.points)
    return { fault: `the fit carries only ${String(fitted.rows)} of its ${String(fit.points)} rows` };
  if (settings.weights === 'given') return { fault: 'its rows were weighted by numbers that the fit does not carry' };
  const law = lawOf(fit);
  const missing = [...law.inputs, law.response].find(({ name }) => fitted.columns[name] === undefined);
  if (missing !== undefined) return { fault: `the fit does not carry the ${missing.name} of its rows` };

  const objective = findObjective(fit.objective.name);
  const runs = runsOf(fit);
  const rows = selectRows(law, runs, {
    weights: settings.weights === 'run' ? runWeights(runs) : undefined,
    positive: objective.residual === 'log' || law.scale === 'log',
  });
  const hasBounds = Object.keys(settings.bounds).length > 0;
  const { fixed, tied } = settings;
  const restrictions = { fixed, tied, ...(hasBounds ? { bounds: settings.bounds } : {}) };
  const isOff = ({ name }: Law['params'][number]): boolean => fit.params[name].state === 'off';
  const held = Object.fromEntries(law.params.filter(isOff).map(({ name }) => [name, fit.params[name].value]));
  const problemRestrictions = { ...restrictions, fixed: { ...fixed, ...held } };
  const coordinates = createCoordinates(law, problemRestrictions, rows.means);
  const delta = fit.objective.delta ?? Infinity;
  const problem = new Problem(law, objective, delta, coordinates, rows.data);
  const known = toCoordinates(law, paramValues(fit));
  const start = coordinates.centre(known);
  const minimum = new Newton(problem).minimize(start);
  const theta = coordinates.uncentre(minimum.point);
  const moved = law.params.find((_, k) => Math.abs(theta[k] - known[k]) > samePoint * Math.max(1, Math.abs(known[k])));
  if (moved !== undefined) return { fault: `a refit of its rows ends at another value of ${moved.name}` };
  const change = Math.abs(minimum.value - fit.objective.value);
  if (change > sameValue * Math.max(fit.objective.value, Number.MIN_VALUE))
    return { fault: 'the objective of its rows is not that of the fit' };

  // An amplitude and the exponent that goes with it are both held; only the amplitude is a term.
  const exponents = new Set(law.separable?.flatMap(({ power }) => (power === undefined ? [] : [power.exponent])));
  const off = Object.keys(held).filter((name) => !exponents.has(name));
  const verdict = judge(
    { off, coordinates, restrictions: problemRestrictions, problem, minimum },
    { tried: fit.seeds.tried, reached: fit.seeds.reached },
  );
  return {
    law,
    runs,
    rows,
    objective,
    delta,
    solver: settings.solver,
    restrictions,
    problemRestrictions,
    start: settings.start,
    bounds: settings.bounds,
    weighting: settings.weights,
    off,
    coordinates,
    problem,
    minimum,
    theta,
    seeds: fit.seeds,
    ...verdict,
    fitMs: performance.now() - began,
  };
}

/** The carried rows as runs. */
function runsOf({ fitted, data }: Fit): Runs {
  const { rows, columns, names } = fitted;
  const run = names === null ? undefined : categoryOf(names);
  return {
    rows,
    quantities: columns,
    categories: run === undefined ? {} : { run },
    lines: Uint32Array.from({ length: rows }, (_, i) => i + 1),
    files: new Uint16Array(rows),
    sources: [{ name: data.source, sha256: data.sha256, rows }],
    dropped: [],
    conventions: data.conventions,
    warnings: [],
  };
}

function categoryOf(names: readonly string[]): Category {
  const labels = [...new Set(names)].filter((name) => name !== '');
  const codeOf = new Map(labels.map((label, code) => [label, code]));
  return { codes: Int32Array.from(names, (name) => codeOf.get(name) ?? -1), labels };
}
