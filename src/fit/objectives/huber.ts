import type { Objective } from './objective.ts';
import { huberAlong, huberPenalty } from './penalties.ts';

/** Huber penalty of raw residuals in nats. */
export const huber: Objective = {
  id: 'huber',
  title: 'Sum of Huber penalties of predicted - observed',
  residual: 'raw',
  delta: 1e-3,
  penalty: huberPenalty,
  along: huberAlong,
};
