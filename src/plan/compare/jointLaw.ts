import { defineLaw, type Law, type LawInput, type LawParam } from '../../laws/law.ts';

/** Which family a row belongs to, 0 or 1; the rows of the first come first. */
const family: LawInput = { name: 'family', symbol: 'f', unit: '', transform: 'identity' };

/** A law of two families at once, and where the parameters of each lie in it. */
export interface JointLaw {
  readonly law: Law;
  /** Index of each parameter of the single law among those of the joint law, for both families. */
  readonly places: readonly [Int32Array, Int32Array];
  /** Name in the joint law of a parameter of a family, 0 or 1. */
  readonly nameOf: (name: string, which: number) => string;
}

/**
 * Two copies of a law, one for each family, that share some of their parameters. Its derivatives are those of the law, put in
 * place, so a fit of it is as exact and as certified as a single one.
 *
 * @param shared - parameters with one value for both families, such as `['E']`
 */
export function createJointLaw(law: Law, shared: readonly string[]): JointLaw {
  const nameOf = (name: string, which: number): string =>
    shared.includes(name) ? name : `${name}${which === 0 ? 'A' : 'B'}OfFamily`;
  const params: LawParam[] = [
    ...law.params.filter(({ name }) => shared.includes(name)),
    ...[0, 1].flatMap((which) =>
      law.params
        .filter(({ name }) => !shared.includes(name))
        .map((param) => ({ ...param, name: nameOf(param.name, which) })),
    ),
  ];
  const p = law.params.length;
  const size = params.length;
  const placesOf = (which: number): Int32Array =>
    Int32Array.from(law.params, ({ name }) => params.findIndex((param) => param.name === nameOf(name, which)));
  const places = [placesOf(0), placesOf(1)] as const;
  const own = [new Float64Array(p), new Float64Array(p)] as const;
  const gather = (theta: Float64Array, which: 0 | 1): Float64Array => {
    for (let k = 0; k < p; k++) own[which][k] = theta[places[which][k]];
    return own[which];
  };
  // Memory that evaluations share: a fit asks thousands of times for the same rows.
  let scratch = new Float64Array(0);
  const block = new Float64Array(p * p);
  let split: { readonly inputs: readonly Float64Array[]; readonly rows: number; readonly parts: readonly Part[] } = {
    inputs: [],
    rows: -1,
    parts: [],
  };
  const partsOf = (inputs: readonly Float64Array[], rows: number): readonly Part[] => {
    if (split.inputs !== inputs || split.rows !== rows) split = { inputs, rows, parts: splitRows(inputs, rows) };
    if (scratch.length < rows * p) scratch = new Float64Array(rows * p);
    return split.parts;
  };

  const joint = defineLaw({
    id: 'joint',
    title: `${law.title}, two families`,
    formula: law.formula,
    reference: law.reference,
    inputs: [...law.inputs, family],
    response: law.response,
    params,
    scale: law.scale,
    shears: dedupe(
      law.shears.flatMap((shear) =>
        [0, 1].map((which) => ({
          ...shear,
          amplitude: nameOf(shear.amplitude, which),
          exponent: nameOf(shear.exponent, which),
        })),
      ),
    ),
    linear: () => [],
    evaluate: (theta, inputs, rows, out, jacobian) => {
      for (const { which, from, count, columns } of partsOf(inputs, rows)) {
        const inner = jacobian === undefined ? undefined : scratch;
        law.evaluate(gather(theta, which), columns, count, out.subarray(from, from + count), inner);
        if (jacobian === undefined) continue;
        const place = places[which];
        for (let i = 0; i < count; i++) {
          const row = (from + i) * size;
          for (let k = 0; k < size; k++) jacobian[row + k] = 0;
          for (let k = 0; k < p; k++) jacobian[row + place[k]] = scratch[i * p + k];
        }
      }
    },
    curvature: (theta, inputs, rows, jacobian, coefficient, hessian) => {
      for (const { which, from, count, columns } of partsOf(inputs, rows)) {
        const place = places[which];
        for (let i = 0; i < count; i++) {
          const row = (from + i) * size;
          for (let k = 0; k < p; k++) scratch[i * p + k] = jacobian[row + place[k]];
        }
        block.fill(0);
        law.curvature(gather(theta, which), columns, count, scratch, coefficient.subarray(from, from + count), block);
        for (let a = 0; a < p; a++)
          for (let b = 0; b <= a; b++) {
            const [high, low] = place[a] > place[b] ? [place[a], place[b]] : [place[b], place[a]];
            hessian[high * size + low] += block[a * p + b];
          }
      }
    },
    published: [],
  });
  return { law: joint, places, nameOf };
}

/** The rows of one family within those of both. */
interface Part {
  readonly which: 0 | 1;
  readonly from: number;
  readonly count: number;
  /** Inputs of the single law. */
  readonly columns: readonly Float64Array[];
}

function splitRows(inputs: readonly Float64Array[], rows: number): Part[] {
  const codes = inputs[inputs.length - 1];
  let first = 0;
  while (first < rows && codes[first] === 0) first++;
  const part = (which: 0 | 1, from: number, to: number): Part[] =>
    to > from
      ? [{ which, from, count: to - from, columns: inputs.slice(0, -1).map((column) => column.subarray(from, to)) }]
      : [];
  return [...part(0, 0, first), ...part(1, first, rows)];
}

/** Two families that share amplitude and exponent have one shear. */
function dedupe(shears: Law['shears']): Law['shears'] {
  return shears.filter(
    (shear, k) =>
      shears.findIndex((other) => other.amplitude === shear.amplitude && other.exponent === shear.exponent) === k,
  );
}
