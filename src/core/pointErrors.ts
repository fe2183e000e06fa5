import { kind, quote, show } from './errorKind.ts';

/** Which of many points an error is about. */
const inPlace = ({ where }: { readonly where?: string }): string => (where === undefined ? '' : `${where}: `);

/** The part of the table of errors that quantities, and the points and budgets made of them, raise. */
export const pointKinds = {
  QUANTITY_INVALID: kind<{ what: string; value: string; where?: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${inPlace(d)}${d.what} ${quote(d.value)} is not a finite number.`,
    remedy: () => 'Write it like 70B, 1.4T, 300e9 or 5.76e23.',
  }),
  QUANTITY_NOT_POSITIVE: kind<{ what: string; value: number; where?: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${inPlace(d)}${d.what} is ${show(d.value)}, but it has to be positive and finite.`,
    remedy: () => 'Give a positive number.',
  }),
  POINT_INCOMPLETE: kind<{ law: string; given: string; needed: string; where?: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${inPlace(d)}A prediction of ${d.law} needs ${d.needed}, but ${d.given} is given.`,
    remedy: () => 'Any two of params, tokens and flops give the third; --at NAME=VALUE gives other inputs.',
  }),
  POINT_CONTRADICTORY: kind<{ flops: number; product: number; factor: number; where?: string }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `${inPlace(d)}flops is ${show(d.flops)}, but ${show(d.factor)} x params x tokens is ${show(d.product)}.`,
    remedy: () => 'Give two of the three; the third follows.',
  }),
  NO_OPTIMUM: kind<{ law: string; reason: string; where?: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${inPlace(d)}There is no compute-optimal allocation for ${d.law}: ${d.reason}.`,
    remedy: () =>
      'Allocation needs a fitted law of params and tokens whose loss is least between all model and all data.',
  }),
} as const;
