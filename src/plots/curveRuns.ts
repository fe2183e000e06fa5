import { formatQuantity, tryParseQuantity } from '../core/quantity.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';

/** A run of a fit with several rows, as figures ask for it. */
export interface CurveRun {
  /** What `run` of a figure's options takes: its name, or its size where runs have no names. */
  readonly name: string;
  /** Size of the model, or `null` where it is not known. */
  readonly params: number | null;
  /** Fitted rows. */
  readonly points: number;
  /** Tokens of its first and its last row. */
  readonly tokens: readonly [number, number];
}

/** A run with the rows of `fit.fitted` that belong to it, in rising order of tokens. */
export interface RunRows extends CurveRun {
  readonly rows: readonly number[];
}

/** Two sizes are the same where one is printed with three digits. */
const sameSize = 0.005;

/**
 * The runs of a fit whose learning curves can be drawn: those with at least two rows that carry tokens, most rows first and
 * the larger model first among equals. Rows with one name and one size are a run; where no name has two rows, rows of one size
 * are.
 *
 * @example
 * ```ts
 * curveRuns(fit).map(({ name, points }) => [name, points]); // [] for rows that are all of different runs and sizes
 * ```
 */
export function curveRuns(fit: Fit): CurveRun[] {
  return runRows(fit).map(({ name, params, points, tokens }) => ({ name, params, points, tokens }));
}

/** {@link curveRuns} with their rows. */
export function runRows(fit: Fit): RunRows[] {
  const { columns, names } = fit.fitted;
  const { params, tokens } = columns;
  if (tokens === undefined) return [];
  const named = names === null ? [] : grouped(fit, tokens, names);
  const groups = named.length > 0 || params === undefined ? named : grouped(fit, tokens, null);
  return namesFor(groups)
    .map(({ name, size, rows }): RunRows => ({
      name,
      params: Number.isNaN(size) ? null : size,
      points: rows.length,
      tokens: [tokens[rows[0]], tokens[rows[rows.length - 1]]],
      rows,
    }))
    .sort((a, b) => b.points - a.points || (b.params ?? 0) - (a.params ?? 0));
}

interface Group {
  /** Name of its rows; empty where they have none. */
  readonly label: string;
  readonly size: number;
  readonly rows: number[];
}

/** Rows of one name and one size, two at least, in rising order of tokens. */
function grouped(fit: Fit, tokens: Float64Array, names: readonly string[] | null): Group[] {
  const { rows, columns } = fit.fitted;
  const response = columns[lawOf(fit).response.name];
  const groups = new Map<string, Map<number, Group>>();
  for (let row = 0; row < rows; row++) {
    const label = names?.[row] ?? '';
    const size = columns.params?.[row] ?? NaN;
    const isWhole = tokens[row] > 0 && tokens[row] < Infinity && Number.isFinite(response?.[row]);
    if (!isWhole || (label === '' && Number.isNaN(size))) continue;
    let bySize = groups.get(label);
    if (bySize === undefined) groups.set(label, (bySize = new Map<number, Group>()));
    const group = bySize.get(size);
    if (group === undefined) bySize.set(size, { label, size, rows: [row] });
    else group.rows.push(row);
  }
  const found = [...groups.values()].flatMap((bySize) => [...bySize.values()]).filter((group) => group.rows.length > 1);
  for (const group of found) group.rows.sort((a, b) => tokens[a] - tokens[b]);
  return found;
}

/** Digits with which sizes are printed: as few as tell them apart. */
const digits = [3, 4, 6, 9, 17] as const;

/** Gives every group a name of its own: that of its rows, with the size where several sizes share it, or the size alone. */
function namesFor(groups: readonly Group[]): (Group & { readonly name: string })[] {
  const labels = counted(groups.map(({ label }) => label));
  const nameOf = ({ label, size }: Group, precision: number): string => {
    if (label !== '' && labels.get(label) === 1) return label;
    const text = formatQuantity(size, precision);
    return label === '' ? text : `${label} ${text}`;
  };
  let names = groups.map((group) => nameOf(group, digits[0]));
  for (const precision of digits.slice(1)) {
    const counts = counted(names);
    names = names.map((name, k) => (counts.get(name) === 1 ? name : nameOf(groups[k], precision)));
  }
  return groups.map((group, k) => ({ ...group, name: names[k] }));
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The run of that name or size, the one with the most rows where several have the size; `undefined` where there is none. */
export function findRun(runs: readonly RunRows[], wanted: string): RunRows | undefined {
  const byName = runs.find(({ name }) => name === wanted);
  if (byName !== undefined) return byName;
  const size = tryParseQuantity(wanted);
  if (size === undefined) return undefined;
  return runs.find(({ params }) => params !== null && Math.abs(params / size - 1) <= sameSize);
}
