/**
 * Everything from `core` to `plots` for a page: what `isoflop/browser` has, all laws, formulas, backtests, plans, reports and
 * figures. It shares its code with `isoflop/browser`, so a page may start with that and import this when it is needed.
 *
 * @packageDocumentation
 */
import { multistartSeeds } from '../fit/multistart.ts';
import { refineSquares } from '../fit/refine.ts';
import { formulaLaw } from '../laws/formula/formulaLaw.ts';
import { laws } from '../laws/index.ts';
import { recordRates } from '../runs/recordedRates.ts';
import { addLaws } from './standIns/laws.ts';
import { addManyStarts } from './standIns/manyStarts.ts';
import { addRecordedRates } from './standIns/recordedRates.ts';

addLaws(laws, formulaLaw);
addManyStarts({ multistartSeeds, refineSquares });
addRecordedRates(recordRates);

export * from './everywhere.ts';
