import { findLaw } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';

/** Laws of the same inputs that say how else a loss could depend on them. Each is quick to fit. */
const families = [
  ['chinchilla', 'skaling', 'kaplan', 'multiplicative-irreducible'],
  ['params-irreducible', 'params'],
  ['tokens-irreducible', 'tokens'],
  ['flops-irreducible', 'flops'],
];

/** The law, and the others of the list that take the same inputs and predict the same: the forms that the truth may have. */
export function formsOf(law: Law): Law[] {
  const inputsOf = ({ inputs, response }: Law): string =>
    [response.name, ...inputs.map(({ name }) => name).sort()].join();
  const others = families
    .map((ids) => ids.map(findLaw))
    .filter(([first]) => inputsOf(first) === inputsOf(law))
    .flat()
    .filter(({ id }) => id !== law.id);
  return [law, ...others];
}
