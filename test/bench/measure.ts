import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The machine, in a line. */
export function machine(): string {
  const [first] = cpus();
  return `${first.model.trim()}, ${cpus().length} cores, Node ${process.version}`;
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Median milliseconds of a call, after some calls that only warm up. */
export function time(call: () => unknown, { warmUp, calls }: { warmUp: number; calls: number }): number {
  for (let i = 0; i < warmUp; i++) call();
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const began = performance.now();
    call();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** Median milliseconds of two commands as whole processes, run in turn so that both see the same machine. */
export function timeProcesses(a: readonly string[], b: readonly string[], runs: number): [number, number] {
  const once = ([file, ...args]: readonly string[]): number => {
    const began = performance.now();
    const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
    return performance.now() - began;
  };
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i <= runs; i++)
    for (const [k, command] of [a, b].entries()) {
      const ms = once(command);
      if (i > 0) times[k].push(ms); // the first of each fills the file cache
    }
  return [median(times[0]), median(times[1])];
}

/** One line of the table: what was measured, how much, and what was asked. */
export function row(what: string, measured: string, asked: string): void {
  console.log(`  ${what.padEnd(58)} ${measured.padStart(22)}   ${asked}`);
}
