import { kind, printable, quote } from './errorKind.ts';

/** The part of the table of errors that training raises. */
export const proxyKinds = {
  ENGINE_UNKNOWN: kind<{ engine: string; nearest: string | undefined; engines: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `There is no engine ${quote(d.engine)}.`,
    remedy: (d) =>
      `${d.nearest === undefined ? '' : `Did you mean ${quote(d.nearest)}? `}The engines are ${d.engines.join(', ')}.`,
  }),
  ENGINE_UNAVAILABLE: kind<{ engine: string; reason: string; remedy: string }>({
    exit: 1,
    http: 503,
    text: (d) => `The engine ${d.engine} cannot be used here: ${printable(d.reason)}.`,
    remedy: (d) => d.remedy,
  }),
  ENGINE_WRONG: kind<{ engine: string; device: string; what: string; difference: number; tolerance: number }>({
    exit: 1,
    http: 503,
    text: (d) =>
      `The engine ${d.engine} (${printable(d.device)}) computes wrongly: the ${d.what} differs from that of cpu by ${d.difference.toExponential(1)} relative, where ${d.tolerance.toExponential(1)} is allowed.`,
    remedy: () => 'Choose another engine; "isoflop engines" lists them. Another version of its driver may help.',
  }),
  CORPUS_SYMBOL: kind<{ path: string; symbol: number; vocabulary: number }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.path} has the symbol ${String(d.symbol)}, but its vocabulary is said to be ${String(d.vocabulary)}.`,
    remedy: (d) => `Set corpus.vocabulary to ${String(d.symbol + 1)} or more, or correct the file.`,
  }),
  CORPUS_SHORT: kind<{ path: string; part: string; tokens: number; context: number }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `The ${d.part} part of ${d.path} has ${String(d.tokens)} tokens, but one window of context ${String(d.context)} takes ${String(d.context + 1)}.`,
    remedy: (d) =>
      `Use a longer corpus, a shorter model.context${d.part === 'validation' ? ', or a larger corpus.validationFraction' : ''}.`,
  }),
  CONFIG_INVALID: kind<{ file: string; line: number; path: string; message: string; remedy: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file}, line ${String(d.line)}: ${printable(d.message)}.`,
    remedy: (d) => d.remedy,
  }),
  CHECKPOINT_INVALID: kind<{ file: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} is not a checkpoint to go on from: ${printable(d.reason)}.`,
    remedy: () => 'Move it away to train from the start, or restore the file that isoflop wrote.',
  }),
  SWEEP_RUNNING: kind<{ folder: string; pid: number }>({
    exit: 2,
    http: 409,
    text: (d) => `Process ${String(d.pid)} is working on the sweep in ${d.folder}.`,
    remedy: () => 'Wait for it, or end it first.',
  }),
  SWEEP_SUBMITTED: kind<{ folder: string; executor: string; id: string }>({
    exit: 2,
    http: 409,
    text: (d) => `The sweep in ${d.folder} is in the hands of ${d.executor}, as job ${printable(d.id)}.`,
    remedy: () => 'Wait for it ("isoflop sweep status" with the folder), or end it first ("isoflop sweep cancel").',
  }),
  RUN_RUNNING: kind<{ name: string; holder: string }>({
    exit: 2,
    http: 409,
    text: (d) => `The run ${printable(d.name)} is being trained by ${printable(d.holder)}.`,
    remedy: () => 'Leave it to that process, or end it first.',
  }),
  EXECUTOR_UNKNOWN: kind<{ executor: string; nearest: string | undefined; executors: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `There is no executor ${quote(d.executor)}.`,
    remedy: (d) =>
      `${d.nearest === undefined ? '' : `Did you mean ${quote(d.nearest)}? `}The executors are ${d.executors.join(', ')}.`,
  }),
  SCHEDULER_MISSING: kind<{ program: string }>({
    exit: 1,
    http: 503,
    text: (d) => `There is no program ${printable(d.program)} on this machine's PATH.`,
    remedy: () => 'Run this where the scheduler is installed, such as a login node, or choose --executor local.',
  }),
  SCHEDULER_FAILED: kind<{ program: string; reason: string }>({
    exit: 1,
    http: 503,
    text: (d) => `${printable(d.program)} refused: ${printable(d.reason)}.`,
    remedy: () => 'Correct what it names, mostly in the resources of the sweep; nothing was recorded as submitted.',
  }),
  RESOURCES_MISSING: kind<{ executor: string; what: string }>({
    exit: 2,
    http: 400,
    text: (d) => `The executor ${d.executor} needs ${printable(d.what)}.`,
    remedy: () => 'docs/clusters.md has an example.',
  }),
  RUN_EXISTS: kind<{ folder: string; why: string }>({
    exit: 2,
    http: 409,
    text: (d) => `${d.folder} already holds ${d.why}.`,
    remedy: () => 'Go on with it by --resume, or choose another folder by --out.',
  }),
  RUNS_MISSING: kind<{ folder: string; reason: string }>({
    exit: 2,
    http: 404,
    text: (d) => `${d.folder} holds no runs: ${printable(d.reason)}.`,
    remedy: () => 'Name the folder that "isoflop train" or "isoflop sweep" wrote, runs/NAME unless --out said another.',
  }),
  RUN_MEMORY: kind<{ run: string; reason: string }>({
    exit: 1,
    http: 507,
    text: (d) => `The run ${d.run} ran out of memory: ${printable(d.reason)}.`,
    remedy: () => 'Use a smaller batch, more micro-batches (accumulate), or a smaller model.',
  }),
} as const;
