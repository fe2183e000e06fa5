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
  const gather = (theta: Float64Array, which: number): Float64Array =>
    Float64Array.from(places[which], (place) => theta[place]);

  /** Calls `each` with the rows of one family after the other. */
  const split = (
    inputs: readonly Float64Array[],
    rows: number,
    each: (which: number, from: number, to: number, own: Float64Array[]) => void,
  ): void => {
    const codes = inputs[inputs.length - 1];
    let first = 0;
    while (first < rows && codes[first] === 0) first++;
    for (const [which, from, to] of [
      [0, 0, first],
      [1, first, rows],
    ] as const)
      if (to > from)
        each(
          which,
          from,
          to,
          inputs.slice(0, -1).map((column) => column.subarray(from, to)),
        );
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
      split(inputs, rows, (which, from, to, own) => {
        const count = to - from;
        const inner = jacobian === undefined ? undefined : new Float64Array(count * p);
        law.evaluate(gather(theta, which), own, count, out.subarray(from, to), inner);
        if (jacobian === undefined || inner === undefined) return;
        jacobian.fill(0, from * size, to * size);
        const place = places[which];
        for (let i = 0; i < count; i++)
          for (let k = 0; k < p; k++) jacobian[(from + i) * size + place[k]] = inner[i * p + k];
      });
    },
    curvature: (theta, inputs, rows, jacobian, coefficient, hessian) => {
      split(inputs, rows, (which, from, to, own) => {
        const count = to - from;
        const place = places[which];
        const inner = new Float64Array(count * p);
        for (let i = 0; i < count; i++)
          for (let k = 0; k < p; k++) inner[i * p + k] = jacobian[(from + i) * size + place[k]];
        const block = new Float64Array(p * p);
        law.curvature(gather(theta, which), own, count, inner, coefficient.subarray(from, to), block);
        for (let a = 0; a < p; a++)
          for (let b = 0; b <= a; b++) {
            const [high, low] = [Math.max(place[a], place[b]), Math.min(place[a], place[b])];
            hessian[high * size + low] += block[a * p + b];
          }
      });
    },
    published: [],
  });
  return { law: joint, places, nameOf };
}

/** Two families that share amplitude and exponent have one shear. */
function dedupe(shears: Law['shears']): Law['shears'] {
  return shears.filter(
    (shear, k) =>
      shears.findIndex((other) => other.amplitude === shear.amplitude && other.exponent === shear.exponent) === k,
  );
}
