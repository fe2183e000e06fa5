import { objectives } from '../../fit/objectives/index.ts';
import { solvers } from '../../fit/solvers/index.ts';
import { laws } from '../../laws/index.ts';
import { figures } from '../../plots/index.ts';
import { engines } from '../../proxy/engines/index.ts';
import { executors } from '../../proxy/sweep/executors/index.ts';
import type { KnownValues, Value } from './describe.ts';

const oneOf = (list: readonly { readonly id: string }[]): Value => ({
  kind: 'words',
  words: list.map(({ id }) => id),
  isList: false,
});
const someOf = (list: readonly { readonly id: string }[]): Value => ({
  kind: 'words',
  words: list.map(({ id }) => id),
  isList: true,
});

/** The values that come from the tables of the library, which commands load only when they need them. */
export const knownValues: KnownValues = new Map([
  ['--law', oneOf(laws)],
  ['--laws', someOf(laws)],
  ['laws id', oneOf(laws)],
  ['--objective', oneOf(objectives)],
  ['--solver', oneOf(solvers)],
  ['--figure', someOf(figures)],
  ['--executor', oneOf(executors)],
  ['--engine', oneOf([{ id: 'auto' }, ...engines])],
  ['engines id', oneOf(engines)],
]);
