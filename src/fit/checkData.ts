import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Law, SeparableTerm } from '../laws/law.ts';
import type { Coordinates, Restrictions } from './coordinates.ts';
import type { SelectedRows } from './rows.ts';

/** Below this spread, relative to its own range, a log input counts as a function of another one. */
const exactlyCollinear = 1e-6;
/** Above this correlation of ln N and ln D the two terms borrow from each other. */
const nearlyCollinear = 0.995;
/** Fewer distinct values of an input than `least` cannot show the curvature that separates E from an exponent; below `safe`
 * the fit hangs on single values (arXiv 2410.11840 advises five sizes).
 */
const fewValues = { least: 3, safe: 5 };
/** Sizes within 1% are one size: at any exponent of a law they differ in loss by less than two runs of one size do. */
const sameSize = 0.01;
const rounding = 1e-9;

/**
 * Checks before fitting that the rows can determine the free parameters at all.
 *
 * @returns warnings about data that only just can
 * @throws {@link IsoflopError} `TOO_FEW_ROWS`, `INPUT_CONSTANT`, `INPUTS_COLLINEAR`
 */
export function checkData(
  law: Law,
  rows: SelectedRows,
  coordinates: Coordinates,
  restrictions: Restrictions,
): readonly Warning[] {
  const { data, means } = rows;
  const warnings: Warning[] = [];
  if (data.rows < coordinates.size)
    throw new IsoflopError('TOO_FEW_ROWS', { rows: data.rows, params: coordinates.size, law: law.id });
  if (data.rows === coordinates.size)
    warnings.push(
      createWarning(
        'NO_DEGREES_OF_FREEDOM',
        `${String(data.rows)} rows for ${String(coordinates.size)} free parameters.`,
        { numbers: { rows: data.rows, params: coordinates.size } },
      ),
    );
  if (data.rows > 1 && isConstant(data.observed.subarray(0, data.rows)))
    warnings.push(
      createWarning('RESPONSE_CONSTANT', `Every row has the same ${law.response.name}, ${String(data.observed[0])}.`, {
        numbers: { value: data.observed[0] },
      }),
    );
  // A user's own formula may hold a column that is the same in every row, or that another one gives.
  if (law.spec !== undefined && law.separable === undefined) return warnings;
  // The inputs of a law of curves are no quantities; that its schedules tell enough was seen when it was bound.
  if (law.curve !== undefined) return warnings;
  const isOpen = (input: string): boolean => {
    const terms = law.separable?.filter((term) => term.power?.input === input);
    return terms === undefined || terms.some((term) => !isFixed(term, restrictions));
  };
  const open = law.inputs.map((input, k) => ({ input, k })).filter(({ input }) => isOpen(input.name));
  for (const { input, k } of open) {
    const values = countDistinct(data.inputs[k], data.rows, input.transform === 'identity' ? rounding : sameSize);
    if (law.separable !== undefined && values === 1 && countDistinct(data.inputs[k], data.rows, rounding) === 1)
      throw new IsoflopError('INPUT_CONSTANT', {
        input: input.name,
        value: Number(Math.exp(means[k]).toPrecision(12)),
        law: law.id,
      });
    if (values < fewValues.safe)
      warnings.push(
        createWarning(
          'FEW_SIZES',
          `Only ${String(values)} different ${values === 1 ? 'value' : 'values'} of ${input.name}; ${String(fewValues.safe)} are advised, ${String(fewValues.least)} the least.`,
          {
            level: values < fewValues.least ? 'error' : 'warning',
            numbers: { values, least: fewValues.least, advised: fewValues.safe },
          },
        ),
      );
  }
  for (const [i, first] of open.entries())
    for (const second of open.slice(i + 1)) {
      // Of a law that is no sum of terms only these two are known to need different ratios.
      if (law.separable === undefined && !(isSizeOrData(first.input.name) && isSizeOrData(second.input.name))) continue;
      const warning = checkPair(law, rows, first, second);
      if (warning !== undefined) warnings.push(warning);
    }
  return warnings;
}

const isSizeOrData = (name: string): boolean => name === 'params' || name === 'tokens';

const isConstant = (values: Float64Array): boolean => values.every((value) => value === values[0]);

/** Values of an input that differ by more than `tolerance`; counting stops once there are enough. */
function countDistinct(values: Float64Array, rows: number, tolerance: number): number {
  const seen: number[] = [];
  for (let i = 0; i < rows && seen.length < fewValues.safe; i++)
    if (!seen.some((value) => Math.abs(value - values[i]) < tolerance)) seen.push(values[i]);
  return seen.length;
}

const isFixed = (term: SeparableTerm, { fixed }: Restrictions): boolean =>
  term.amplitude in fixed && (term.power === undefined || term.power.exponent in fixed);

interface OpenInput {
  readonly input: Law['inputs'][number];
  readonly k: number;
}

/**
 * Looks for a pair of inputs that rise (or fall) together.
 *
 * @throws {@link IsoflopError} `INPUTS_COLLINEAR` where one gives the other and the law is a sum of terms, of which two
 *   are then one
 */
function checkPair(law: Law, rows: SelectedRows, first: OpenInput, second: OpenInput): Warning | undefined {
  const { slope, left, correlation, logRatio } = compareInputs(rows, first.k, second.k);
  const names = [first.input.name, second.input.name] as const;
  if (left < exactlyCollinear && law.separable !== undefined) {
    const relation =
      Math.abs(slope - 1) < 1e-6
        ? `${names[1]} / ${names[0]} is ${formatQuantity(Math.exp(logRatio[0]))}`
        : `${names[1]} is proportional to ${names[0]}^${slope.toPrecision(4)}`;
    throw new IsoflopError('INPUTS_COLLINEAR', { inputs: names, relation, law: law.id });
  }
  if (Math.abs(correlation) < nearlyCollinear) return undefined;
  const [low, high] = logRatio.map(Math.exp);
  // Where the two fall together, as on one budget of compute, their ratio says nothing.
  const ratios =
    correlation > 0
      ? ` (${names[1]} / ${names[0]} is ${formatQuantity(low, 3)} to ${formatQuantity(high, 3)} in every row)`
      : '';
  return createWarning(
    'COLLINEAR_ND',
    `ln ${names[0]} and ln ${names[1]} have a correlation of ${correlation.toFixed(4)}${ratios}, so the effects of the two can hardly be told apart.`,
    { numbers: { correlation, ratioLow: low, ratioHigh: high } },
  );
}

/** How one log input depends on another: by regression, what it leaves, and the range of the log of their ratio. */
function compareInputs(
  { data, means }: SelectedRows,
  i: number,
  j: number,
): { slope: number; left: number; correlation: number; logRatio: readonly [number, number] } {
  const x = data.inputs[i];
  const y = data.inputs[j];
  const n = data.rows;
  let [xMean, yMean] = [0, 0];
  for (let row = 0; row < n; row++) {
    xMean += x[row] / n;
    yMean += y[row] / n;
  }
  let [xx, xy, yy, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (let row = 0; row < n; row++) {
    const dx = x[row] - xMean;
    const dy = y[row] - yMean;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    const difference = y[row] - x[row];
    low = Math.min(low, difference);
    high = Math.max(high, difference);
  }
  const slope = xy / xx;
  const shift = means[j] - means[i];
  return {
    slope,
    left: Math.sqrt(Math.max(0, yy - slope * xy) / yy),
    correlation: xy / Math.sqrt(xx * yy),
    logRatio: [low + shift, high + shift],
  };
}
