export { createRuns, type CreateRunsOptions } from './create.ts';
export { readRuns } from './files.ts';
export { quantityNames, readHeader } from './header.ts';
export { knownQuantities, normaliseName, parseColumnsOption, type KnownQuantity } from './columns.ts';
export { nearOptimal, type NearOptimalOptions } from './nearOptimal.ts';
export type { ReadOptions } from './options.ts';
export { parseRuns } from './read.ts';
export type { Category, Conventions, Dropped, Runs, Source } from './runs.ts';
export { fromFraction, largestRows, takeRows } from './select.ts';
