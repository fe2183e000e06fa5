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
      ),
    );
  if (data.rows > 1 && isConstant(data.observed.subarray(0, data.rows)))
    warnings.push(createWarning('RESPONSE_CONSTANT', `Every row has the same ${law.response.name}.`));
  // A user's own formula may hold a column that is the same in every row, or that another one gives.
  if (law.spec !== undefined && law.separable === undefined) return warnings;
  const isOpen = (input: string): boolean => {
    const terms = law.separable?.filter((term) => term.power?.input === input);
    return terms === undefined || terms.some((term) => !isFixed(term, restrictions));
  };
  const open = law.inputs.map((input, k) => ({ input, k })).filter(({ input }) => isOpen(input.name));
  for (const { input, k } of open) {
    const values = countDistinct(data.inputs[k], data.rows);
    if (values === 1 && law.separable !== undefined)
      throw new IsoflopError('INPUT_CONSTANT', {
        input: input.name,
        value: Number(Math.exp(means[k]).toPrecision(12)),
        law: law.id,
      });
    if (values < fewValues.safe)
      warnings.push(
        createWarning('FEW_SIZES', `Only ${String(values)} different values of ${input.name}.`, {
          level: values < fewValues.least ? 'error' : 'warning',
        }),
      );
  }
  // What a dependence between inputs means for a law that is no sum of terms shows at its optimum.
  if (law.separable === undefined) return warnings;
  for (const [i, first] of open.entries())
    for (const second of open.slice(i + 1)) {
      const warning = checkPair(law, rows, first, second);
      if (warning !== undefined) warnings.push(warning);
    }
  return warnings;
}

const isConstant = (values: Float64Array): boolean => values.every((value) => value === values[0]);

/** Distinct values of a log input, up to rounding; counting stops once there are enough. */
function countDistinct(values: Float64Array, rows: number): number {
  const seen: number[] = [];
  for (let i = 0; i < rows && seen.length < fewValues.safe; i++)
    if (!seen.some((value) => Math.abs(value - values[i]) < 1e-9)) seen.push(values[i]);
  return seen.length;
}

const isFixed = (term: SeparableTerm, { fixed }: Restrictions): boolean =>
  term.amplitude in fixed && (term.power === undefined || term.power.exponent in fixed);

interface OpenInput {
  readonly input: Law['inputs'][number];
  readonly k: number;
}

function checkPair(law: Law, rows: SelectedRows, first: OpenInput, second: OpenInput): Warning | undefined {
  const { data, means } = rows;
  const x = data.inputs[first.k];
  const y = data.inputs[second.k];
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < data.rows; i++) {
    xx += x[i] * x[i];
    xy += x[i] * y[i];
    yy += y[i] * y[i];
  }
  const slope = xy / xx;
  const left = Math.sqrt(Math.max(0, yy - slope * xy) / yy);
  const correlation = xy / Math.sqrt(xx * yy);
  if (left < exactlyCollinear) {
    const ratio = formatQuantity(Math.exp(means[second.k] - means[first.k]));
    const relation =
      Math.abs(slope - 1) < 1e-6
        ? `${second.input.name} / ${first.input.name} is ${ratio}`
        : `${second.input.name} is proportional to ${first.input.name}^${slope.toPrecision(4)}`;
    throw new IsoflopError('INPUTS_COLLINEAR', {
      inputs: [first.input.name, second.input.name],
      relation,
      law: law.id,
    });
  }
  if (Math.abs(correlation) < nearlyCollinear) return undefined;
  return createWarning(
    'COLLINEAR_ND',
    `ln ${first.input.name} and ln ${second.input.name} have a correlation of ${correlation.toFixed(4)}, so the two terms can hardly be told apart.`,
  );
}
