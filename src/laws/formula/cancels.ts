import { createRandom } from '../../core/random.ts';
import { evaluateExpression } from './evaluate.ts';
import { namesIn, type Expression } from './expression.ts';

/** Places at which a parameter is moved, and how far apart values have to be to count as different. */
const places = 24;
const same = 1e-12;

/**
 * The first parameter that a formula does not depend on, such as a in `a - a + b*x`, found by moving each parameter at
 * random places. A formula that has no value at any of the places is given the benefit of the doubt.
 */
export function cancelledParam(expression: Expression, params: readonly string[]): string | undefined {
  const random = createRandom(3, params.length);
  const values = new Map<string, Float64Array>();
  for (const name of namesIn(expression).keys())
    values.set(
      name,
      Float64Array.from({ length: places }, () => 0.2 + 1.6 * random.next()),
    );
  const valuesAt = (moved: string | undefined): Float64Array =>
    evaluateExpression(
      expression,
      (name) => {
        const column = values.get(name) ?? new Float64Array(places);
        return name === moved ? column.map((x) => 1.3 * x + 0.1) : column;
      },
      places,
    );
  const before = valuesAt(undefined);
  return params.find((name) => {
    const after = valuesAt(name);
    const comparable = before.map((value, i) => value - after[i]).filter(Number.isFinite);
    return comparable.length > 0 && before.every((value, i) => !(Math.abs(value - after[i]) > same * Math.abs(value)));
  });
}
