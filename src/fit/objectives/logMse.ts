import type { Objective } from './objective.ts';
import { squaredAlong, squaredPenalty } from './penalties.ts';

/** Half the sum of squared log residuals: relative errors count alike. */
export const logMse: Objective = {
  id: 'log-mse',
  title: 'Half the sum of squares of ln predicted - ln observed',
  residual: 'log',
  delta: null,
  penalty: squaredPenalty,
  along: squaredAlong,
};
