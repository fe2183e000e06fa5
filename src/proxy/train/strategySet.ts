import type { Engine, Tensor } from '../engines/engine.ts';
import type { ForwardOptions } from '../model.ts';
import { parameterSpecs, type ModelShape, type ParameterSpec } from '../model/shape.ts';
import { startWeights, type Weights } from '../model/weights.ts';
import type { UpdateRule } from '../optimizer.ts';
import { strategies } from '../strategies/index.ts';
import type { StepContext, Strategy, StrategyArguments } from '../strategies/strategy.ts';
import type { StrategyConfig } from '../runConfig.ts';

/** Several strategies as one. */
export interface StrategySet {
  readonly shape: ModelShape;
  readonly specs: readonly ParameterSpec[];
  readonly start: (seed: number) => Weights;
  readonly forward: ForwardOptions;
  readonly training: (about: StepContext) => ForwardOptions;
  readonly logz: number;
  readonly rowWeights: ((losses: Tensor) => Tensor) | undefined;
  readonly update: UpdateRule;
}

/** Options of two forward passes as one: branches one after the other, the first linear layer that is given. */
const join = (a: ForwardOptions, b: ForwardOptions): ForwardOptions => {
  const linear = a.linear ?? b.linear;
  const { branch: first } = a;
  const { branch: second } = b;
  const branch =
    first === undefined || second === undefined
      ? (first ?? second)
      : (x: Tensor, name: string): Tensor => second(first(x, name), name);
  return { ...(linear === undefined ? {} : { linear }), ...(branch === undefined ? {} : { branch }) };
};

interface Chosen {
  readonly strategy: Strategy;
  readonly args: StrategyArguments;
}

function choose({ name, args }: StrategyConfig): Chosen {
  const strategy = strategies.find((one) => one.name === name);
  if (strategy === undefined) throw new Error(`no strategy ${name}`);
  return { strategy, args: { ...Object.fromEntries(strategy.args.map((one) => [one.name, one.fallback])), ...args } };
}

const underStrategies = (
  chosen: readonly Chosen[],
  plain: ModelShape,
): {
  readonly shape: ModelShape;
  readonly original: readonly ParameterSpec[];
  readonly specs: readonly ParameterSpec[];
} => {
  const shape = chosen.reduce((one, { strategy, args }) => strategy.shape?.(one, args) ?? one, plain);
  const original = parameterSpecs(shape);
  const specs = chosen.reduce<readonly ParameterSpec[]>(
    (all, { strategy, args }) => strategy.specs?.(all, args) ?? all,
    original,
  );
  return { shape, original, specs };
};

/** Shape and tensors of a model under the strategies of a run; what this version does not know changes neither. */
export function shapeUnder(
  configs: readonly StrategyConfig[],
  plain: ModelShape,
): { readonly shape: ModelShape; readonly specs: readonly ParameterSpec[] } {
  const known = configs.filter(({ name }) => strategies.some((one) => one.name === name));
  return underStrategies(known.map(choose), plain);
}

/**
 * Puts the strategies of a run together, in the order in which they are named.
 *
 * @param configs - checked by `readRunConfig`
 */
export function combineStrategies(
  configs: readonly StrategyConfig[],
  plain: ModelShape,
  engine: Engine,
  seed: number,
): StrategySet {
  const chosen = configs.map(choose);
  const { shape, original, specs } = underStrategies(chosen, plain);
  const weigh = chosen.find(({ strategy }) => strategy.rowWeights !== undefined);
  return {
    shape,
    specs,
    start: (from) =>
      chosen.reduce(
        (weights, { strategy, args }) => strategy.start?.(weights, specs, args) ?? weights,
        startWeights(original, from),
      ),
    forward: chosen.map(({ strategy, args }) => strategy.forward?.(engine, args) ?? {}).reduce(join, {}),
    training: (about) => chosen.map(({ strategy, args }) => strategy.training?.(about, args) ?? {}).reduce(join, {}),
    logz: chosen.reduce((sum, { strategy, args }) => sum + (strategy.logz?.(args) ?? 0), 0),
    rowWeights:
      weigh === undefined ? undefined : (losses) => weigh.strategy.rowWeights?.(losses, engine, weigh.args) ?? losses,
    update: Object.assign(
      {},
      ...chosen.map(({ strategy, args }) => strategy.update?.(shape, seed, args) ?? {}),
    ) as UpdateRule,
  };
}
