import type { Engine, Tensor } from '../engines/engine.ts';
import type { ForwardOptions } from '../model.ts';
import type { ModelShape, ParameterSpec } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import type { UpdateRule } from '../optimizer.ts';

/** One number that a strategy takes. */
export interface StrategyArgument {
  readonly name: string;
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
  readonly description: string;
}

/** Values of the arguments, all of them given. */
export type StrategyArguments = Readonly<Record<string, number>>;

/** A change to how a model is trained, the subject of a scaling question: one file, one line in the registry. */
export interface Strategy {
  readonly name: string;
  readonly title: string;
  /** What it does, and where it is from. */
  readonly description: string;
  readonly args: readonly StrategyArgument[];
  /** A model of another shape. */
  readonly shape?: (shape: ModelShape, args: StrategyArguments) => ModelShape;
  /** Other tensors in place of some. */
  readonly specs?: (specs: readonly ParameterSpec[], args: StrategyArguments) => readonly ParameterSpec[];
  /** Starts the tensors that `specs` brought, from those of the model without it. */
  readonly start?: (original: Weights, specs: readonly ParameterSpec[], args: StrategyArguments) => Weights;
  /** What it changes in the forward pass of one training step. */
  readonly training?: (about: StepContext, args: StrategyArguments) => ForwardOptions;
  /** What it changes in every forward pass, evaluation included. */
  readonly forward?: (engine: Engine, args: StrategyArguments) => ForwardOptions;
  /** Coefficient of the squared log Z in what is minimised. */
  readonly logz?: (args: StrategyArguments) => number;
  /** Weights of the rows of a batch by their mean losses `(rows)`, without a gradient; they need not sum to anything. */
  readonly rowWeights?: (losses: Tensor, engine: Engine, args: StrategyArguments) => Tensor;
  /** What it changes in the update. */
  readonly update?: (shape: ModelShape, seed: number, args: StrategyArguments) => UpdateRule;
}

/** What a strategy may depend on in a training step. */
export interface StepContext {
  readonly engine: Engine;
  readonly seed: number;
  readonly step: number;
  /** Which of the micro-batches of the step. */
  readonly part: number;
}
