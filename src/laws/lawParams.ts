import type { LawParam } from './law.ts';

/** A range of search, see {@link LawParam.search}. */
type Search = LawParam['search'];

const within = (search: Search): Pick<LawParam, 'search'> => (search === undefined ? {} : { search });

/** A parameter that is positive and fitted as its logarithm. */
export function positive(name: string, unit: string, description: string, search?: Search): LawParam {
  return { name, unit, description, transform: 'log', bounds: [0, Infinity], ...within(search) };
}

/** An exponent between 0 and 20, fitted as it is. */
export function exponent(name: string, description: string, search?: Search): LawParam {
  return { name, unit: '1', description, transform: 'identity', bounds: [0, 20], ...within(search) };
}

/** The loss E that is left with a model and data without end. */
export const irreducibleLoss = positive('E', 'nats/token', 'irreducible loss');
