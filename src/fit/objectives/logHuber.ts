import type { Objective } from './objective.ts';
import { huberAlong, huberPenalty } from './penalties.ts';

/** Huber penalty of log residuals, the objective of Hoffmann et al. (arXiv 2203.15556, section 3.3). */
export const logHuber: Objective = {
  id: 'log-huber',
  title: 'Sum of Huber penalties of ln predicted - ln observed',
  residual: 'log',
  delta: 1e-3,
  penalty: huberPenalty,
  along: huberAlong,
};
