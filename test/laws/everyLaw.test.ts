import { describe, expect, it } from 'vitest';
import { laws } from '../../src/laws/index.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { checkDerivatives, checkRecovery, checkValue } from '../helpers/lawChecks.ts';

it('has one case for each law', () => {
  expect(Object.keys(lawCases).sort()).toEqual(laws.map((law) => law.id).sort());
});

describe.each(laws.map((law) => [law.id, law] as const))('%s', (id, law) => {
  const entry = lawCases[id];

  it('is the formula written out', () => {
    checkValue(law, entry);
  });

  it('has the gradient and the Hessian that differences give', () => {
    checkDerivatives(law, entry);
  });

  it('recovers its parameters from data without noise', () => {
    checkRecovery(law, entry);
  });
});
