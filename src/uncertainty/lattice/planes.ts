/** Points that differ in at most two inputs. */
export interface Plane {
  readonly points: Int32Array;
  /** Indices of these inputs; the same one twice where there is only one. */
  readonly axes: readonly [number, number];
}

/** Divides points into planes: by all inputs but the two that take the most values. */
export function planesOf(inputs: readonly Float64Array[], points: number): Plane[] {
  const all = new Int32Array(points);
  for (let i = 0; i < points; i++) all[i] = i;
  const varying = Array.from(inputs.keys()).filter((k) => inputs[k].some((value) => value !== inputs[k][0]));
  const [first = 0, second = first] = varying;
  if (varying.length <= 2) return [{ points: all, axes: [first, second] }];
  const values = new Map(varying.map((k) => [k, new Set(inputs[k]).size]));
  varying.sort((a, b) => (values.get(b) ?? 0) - (values.get(a) ?? 0));
  const axes = [varying[0], varying[1]] as const;
  const codes =
    codesOf(
      varying.slice(2).map((k) => inputs[k]),
      points,
      Infinity,
    ) ?? all;
  const members: number[][] = [];
  for (let i = 0; i < points; i++) (members[codes[i]] ??= []).push(i);
  return members.map((some) => ({ points: Int32Array.from(some), axes }));
}

/**
 * Numbers points that agree in all inputs alike, from 0 on in the order of their appearance.
 *
 * @param most - numbers at most
 * @returns `undefined` where there are more
 */
export function codesOf(inputs: readonly Float64Array[], points: number, most: number): Int32Array | undefined {
  let codes = new Int32Array(points);
  for (const column of inputs) {
    const values = new Map<number, number>();
    const pairs = new Map<number, number>();
    const next = new Int32Array(points);
    for (let i = 0; i < points; i++) {
      let value = values.get(column[i]);
      if (value === undefined) values.set(column[i], (value = values.size));
      const pair = codes[i] * points + value;
      let code = pairs.get(pair);
      if (code === undefined) {
        if (pairs.size >= most) return undefined;
        pairs.set(pair, (code = pairs.size));
      }
      next[i] = code;
    }
    codes = next;
  }
  return codes;
}
