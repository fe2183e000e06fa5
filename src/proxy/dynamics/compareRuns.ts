import { measureTradeOffs, type LadderRow } from '../../laws/tradeOff.ts';
import { budgetOf, distinct, groupBy, mean, type EndedRun } from './grouping.ts';
import { fitGrowth, unstableLogit } from './instability.ts';
import { bestRate, learningRateSensitivity } from './sensitivity.ts';

/** Final losses of one model over learning rates. */
export interface RateCourse {
  readonly family: string;
  readonly params: number;
  readonly tokens: number;
  readonly batch: number;
  readonly rates: readonly number[];
  /** Mean final loss over seeds, null where one of them diverged. */
  readonly losses: readonly (number | null)[];
  readonly startLoss: number;
  /** Nats a token that are lost on average over the grid. */
  readonly sensitivity: number;
  readonly bestRate: number | null;
  /** Whether the best rate is at an end of the grid, so that the true one may lie outside. */
  readonly isAtEnd: boolean;
}

/** Losses over learning rates, for each model and budget that was trained at two or more. */
export function compareRates(runs: readonly EndedRun[]): RateCourse[] {
  const groups = groupBy(runs, (run) =>
    JSON.stringify([run.last.family, run.last.params, budgetOf(run), run.config.batch]),
  );
  return groups.flatMap((group) => {
    const rates = distinct(group.map(({ rate }) => rate));
    if (rates.length < 2) return [];
    const [{ last, config }] = group;
    const startLoss = mean(group.map(({ result }) => result?.startLoss ?? NaN));
    const losses = rates.map((rate) => {
      const own = group.filter((run) => run.rate === rate);
      return own.some(({ diverged }) => diverged) ? NaN : mean(own.map((run) => run.last.loss));
    });
    const sweep = { rates, losses, startLoss };
    const best = bestRate(sweep);
    return [
      {
        family: last.family,
        params: last.params,
        tokens: budgetOf(group[0]),
        batch: config.batch,
        rates,
        losses: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
        startLoss,
        sensitivity: learningRateSensitivity(sweep),
        bestRate: best,
        isAtEnd: best === rates[0] || best === rates[rates.length - 1],
      },
    ];
  });
}

/** How a quantity grows with the size of models. */
export interface GrowthCourse {
  readonly quantity: 'max_attention_logit' | 'gradient_rms';
  readonly family: string;
  readonly rate: number;
  readonly params: readonly number[];
  /** Mean over the runs of a size. */
  readonly values: readonly number[];
  /** Coefficients of 1, log10 N and its square for log10 of the quantity. */
  readonly coefficients: readonly [number, number, number];
  /** Value from which training is expected to break down: logits above it, gradients below it. */
  readonly threshold: number;
  /** Size beyond the data at which the parabola gets there; null when it does not within a million times. */
  readonly unstableFrom: number | null;
}

/**
 * Growth of the largest logit of attention and of the gradient with size, for each rate that three or more sizes share. Runs
 * that diverged are past what is extrapolated.
 */
export function compareSizes(runs: readonly EndedRun[]): GrowthCourse[] {
  const groups = groupBy(
    runs.filter(({ diverged }) => !diverged),
    (run) => JSON.stringify([run.last.family, run.rate]),
  );
  return groups.flatMap((group) => {
    const sizes = distinct(group.map(({ last }) => last.params));
    if (sizes.length < 3) return [];
    const [{ last, rate, config }] = group;
    const quantities = [
      {
        quantity: 'max_attention_logit',
        of: (run: EndedRun) => run.last.max_attention_logit,
        threshold: unstableLogit,
        side: 'above',
      },
      {
        quantity: 'gradient_rms',
        of: (run: EndedRun) => run.last.gradient_norm / Math.sqrt(run.last.params),
        threshold: config.optimizer.epsilon,
        side: 'below',
      },
    ] as const;
    return quantities.flatMap(({ quantity, of, threshold, side }) => {
      const values = sizes.map((size) => mean(group.filter((run) => run.last.params === size).map(of)));
      const fit = fitGrowth(sizes, values);
      if (fit === null) return [];
      const { coefficients } = fit;
      const unstableFrom = fit.sizeWhere(threshold, side);
      return [{ quantity, family: last.family, rate, params: sizes, values, coefficients, threshold, unstableFrom }];
    });
  });
}

/** The trade of steps for tokens of one model. */
export interface BatchCourse {
  readonly family: string;
  readonly params: number;
  /** Batch sizes in tokens. */
  readonly batches: readonly number[];
  /** The trade-off at losses that enough batch sizes reached. */
  readonly rungs: readonly LadderRow[];
}

/** Critical batch sizes of each model that was trained at four or more batch sizes, each at its best learning rate. */
export function compareBatches(runs: readonly EndedRun[]): BatchCourse[] {
  const groups = groupBy(
    runs.filter(({ diverged }) => !diverged),
    (run) => JSON.stringify([run.last.family, run.last.params]),
  );
  return groups.flatMap((group) => {
    const best = groupBy(group, ({ config }) => String(config.batch)).map((own) =>
      own.reduce((one, other) => (other.last.loss < one.last.loss ? other : one)),
    );
    const curves = best.map(({ rows, config }) => ({
      params: rows[0].params,
      batchSize: config.batch * config.model.context,
      steps: rows.map(({ step }) => step),
      loss: rows.map(({ loss }) => loss),
    }));
    const rungs = measureTradeOffs(curves);
    if (rungs.length === 0) return [];
    const [{ last }] = group;
    return [{ family: last.family, params: last.params, batches: distinct(curves.map((one) => one.batchSize)), rungs }];
  });
}
