import type { Runs } from './runs.ts';

/** Makes a column from others of the same rows. */
export type Recipe = (quantities: Runs['quantities']) => Float64Array;

const recipesOf = new WeakMap<Runs['quantities'], ReadonlyMap<string, Recipe>>();

/**
 * Quantities of which some are made when somebody first asks for them: of ten million rows each column takes 80 MB, and
 * FLOP or tokens per parameter are rarely needed.
 *
 * @param names - all quantities in their order
 * @example
 * ```ts
 * const ratio = ({ tokens = new Float64Array(), params = [] }) => tokens.map((d, i) => d / params[i]);
 * const columns = { params: Float64Array.of(2), tokens: Float64Array.of(40) };
 * lazyColumns(['params', 'tokens', 'ratio'], columns, new Map([['ratio', ratio]])).ratio; // Float64Array [20]
 * ```
 */
export function lazyColumns(
  names: Iterable<string>,
  columns: Readonly<Record<string, Float64Array>>,
  recipes: ReadonlyMap<string, Recipe>,
): Record<string, Float64Array> {
  const quantities: Record<string, Float64Array> = {};
  for (const name of names) {
    const recipe = recipes.get(name);
    if (recipe === undefined) quantities[name] = columns[name];
    else
      Object.defineProperty(quantities, name, {
        enumerable: true,
        configurable: true,
        get: () => {
          const value = recipe(quantities);
          quantities[name] = value;
          return value;
        },
        set: (value: Float64Array) => {
          Object.defineProperty(quantities, name, { enumerable: true, configurable: true, writable: true, value });
        },
      });
  }
  recipesOf.set(quantities, recipes);
  return quantities;
}

/** The same quantities of other rows; what was to be made of the columns is made of the new ones. */
export function mapColumns(
  quantities: Runs['quantities'],
  change: (column: Float64Array) => Float64Array,
): Runs['quantities'] {
  const recipes = recipesOf.get(quantities) ?? new Map<string, Recipe>();
  const columns: Record<string, Float64Array> = {};
  const names = Object.keys(quantities);
  for (const name of names) {
    if (recipes.has(name)) continue;
    const column = quantities[name];
    if (column !== undefined) columns[name] = change(column);
  }
  return lazyColumns(
    names.filter((name) => recipes.has(name) || name in columns),
    columns,
    recipes,
  );
}

/**
 * A quantity in some rows, where it is known; what it is made of is made in these rows only.
 *
 * @param index - rows, length of the result
 * @example
 * ```ts
 * const { quantities } = createRuns({ params: [1, 2, 4], tokens: [20, 40, 80], loss: [3, 2.5, 2.4] });
 * valuesAt(quantities, 'flops', [0, 2]); // Float64Array [120, 1920]
 * ```
 */
export function valuesAt(
  quantities: Runs['quantities'],
  name: string,
  index: ArrayLike<number>,
): Float64Array | undefined {
  if (!Object.hasOwn(quantities, name)) return undefined;
  const made = recipesOf.get(quantities);
  const pick = (column: Float64Array = new Float64Array()): Float64Array => {
    const values = new Float64Array(index.length);
    for (let i = 0; i < values.length; i++) values[i] = column[index[i]];
    return values;
  };
  const names = Object.keys(quantities);
  const recipes = names.map((one): [string, Recipe] => [one, made?.get(one) ?? (() => pick(quantities[one]))]);
  return lazyColumns(names, {}, new Map(recipes))[name];
}
