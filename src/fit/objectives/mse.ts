import type { Objective } from './objective.ts';
import { squaredAlong, squaredPenalty } from './penalties.ts';

/** Half the sum of squared raw residuals: ordinary least squares. */
export const mse: Objective = {
  id: 'mse',
  title: 'Half the sum of squares of predicted - observed',
  residual: 'raw',
  delta: null,
  penalty: squaredPenalty,
  along: squaredAlong,
};
