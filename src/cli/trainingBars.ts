import type { MultiBar, SingleBar } from 'cli-progress';
import { formatQuantity } from '../core/quantity.ts';
import type { RunProgress } from '../proxy/train/run.ts';

/** Bars on stderr for the runs that are being trained, one a run, with loss, tokens a second and the time left. */
export interface TrainingBars {
  readonly update: (progress: RunProgress) => void;
  /** A line above the bars, or by itself where stderr is no terminal. */
  readonly say: (line: string) => void;
  readonly end: (name: string) => void;
  readonly stop: () => void;
}

const format = '{name} {bar} {percentage}% | loss {loss} | {rate} tokens/s | {left} left';

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds % 60)];
  if (hours > 0) return `${String(hours)} h ${String(minutes)} min`;
  return minutes > 0
    ? `${String(minutes)} min ${String(rest)} s`
    : `${seconds < 9.95 ? seconds.toFixed(1) : String(rest)} s`;
}

/** Makes the bars; on anything but a terminal they are not drawn, and evaluations are said as lines. */
export async function createTrainingBars(): Promise<TrainingBars> {
  const { default: progress } = await import('cli-progress');
  const isTerminal = process.stderr.isTTY;
  const all: MultiBar = new progress.MultiBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: false, noTTYOutput: false },
    progress.Presets.shades_classic,
  );
  const bars = new Map<string, SingleBar>();
  const say = (line: string): void => {
    if (isTerminal) all.log(`${line}\n`);
    else process.stderr.write(`${line}\n`);
  };
  return {
    say,
    update: ({ name, step, steps, loss, tokensPerSecond, tokens, row }) => {
      if (!isTerminal) {
        if (row !== undefined)
          say(
            `${name}: ${formatQuantity(tokens)} tokens, loss ${row.loss.toFixed(4)}, ${String(row.tokens_per_second)} tokens/s`,
          );
        return;
      }
      const left = ((steps - step) * tokens) / step / Math.max(1, tokensPerSecond);
      const payload = { name, loss: loss.toFixed(4), rate: tokensPerSecond.toFixed(0), left: duration(left) };
      let bar = bars.get(name);
      if (bar === undefined) bars.set(name, (bar = all.create(steps, step, payload)));
      bar.update(step, payload);
    },
    end: (name) => {
      const bar = bars.get(name);
      if (bar !== undefined) all.remove(bar);
      bars.delete(name);
    },
    stop: () => {
      all.stop();
    },
  };
}
