import { dropout } from './dropout.ts';
import { freeze } from './freeze.ts';
import { frugal } from './frugal.ts';
import { logz } from './logz.ts';
import { lost } from './lost.ts';
import { none } from './none.ts';
import { qkNorm } from './qkNorm.ts';
import { reweight } from './reweight.ts';
import type { Strategy } from './strategy.ts';

/** Every strategy, by one line each. */
export const strategies: readonly Strategy[] = [none, dropout, qkNorm, logz, lost, reweight, frugal, freeze];
