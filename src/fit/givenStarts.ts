import type { ProblemRows } from './problem.ts';
import type { SearchTask } from './searchTask.ts';

/** The user's start in free coordinates, or `undefined` when it does not name every free parameter. */
export function givenStart({ law, coordinates, start = {}, restrictions }: SearchTask): Float64Array | undefined {
  if (!coordinates.names.every((name) => Object.hasOwn(start, name))) return undefined;
  const values = { ...restrictions.fixed, ...start };
  return coordinates.centre(
    law.params.map(({ name, transform }) => {
      const value = (values as Readonly<Record<string, number | undefined>>)[name] ?? 0;
      return transform === 'log' ? Math.log(value) : value;
    }),
  );
}

/** Refuses a complete start at which the law has no value. */
export function checkStart(task: SearchTask): void {
  const { law, restrictions, start = {}, data } = task;
  if (law.checkStart === undefined || givenStart(task) === undefined) return;
  law.checkStart({ ...restrictions.fixed, ...start }, naturalInputs(task, data), data.rows);
}

/** The inputs of the fitted rows by name, in natural units. */
export function naturalInputs({ law, coordinates }: SearchTask, data: ProblemRows): Record<string, Float64Array> {
  return Object.fromEntries(
    law.inputs.map(({ name, transform }, k): [string, Float64Array] => {
      const mean = coordinates.means[k];
      const column = data.inputs[k].subarray(0, data.rows);
      return [name, transform === 'identity' ? column.slice() : column.map((x) => Math.exp(x + mean))];
    }),
  );
}

/** The law's own guesses in free coordinates, where they name every free parameter. */
export function guessedStarts(task: SearchTask, data: ProblemRows): Float64Array[] {
  const { law } = task;
  if (law.guess === undefined) return [];
  const guesses = law.guess(naturalInputs(task, data), data.observed.subarray(0, data.rows));
  const { start = {} } = task;
  // What the user says is tried besides, not instead: it may be far off.
  const merged = Object.keys(start).length === 0 ? [] : guesses.map((guess) => ({ ...guess, ...start }));
  return [...guesses, ...merged]
    .map((guess) => givenStart({ ...task, start: guess }))
    .filter((point) => point?.every(Number.isFinite) === true)
    .map((point) => point ?? new Float64Array(0));
}
