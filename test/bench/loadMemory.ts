import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { median } from './measure.ts';

/** Memory of the server at a time, in MiB. */
interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly resident: number;
  readonly heap: number;
  readonly external: number;
}

/** Growth from warm-up to end that is taken for noise, as a share of the memory after warm-up: that of threads is rough. */
const mostGrowth = { resident: 0.15, heap: 0.1 } as const;
/** Share of the time after which the server counts as warm: every cache is full, that of a thousand ended jobs the last. */
const warmUp = 0.4;
/** MiB that the index of the files that were kept in the meantime, and the last answers that are remembered, may need. */
const indexMiB = 12;

/** Looks at the memory of a server again and again. */
export class MemoryWatch {
  readonly samples: Sample[] = [];
  readonly #began = performance.now();
  readonly #server: ChildProcess;
  readonly #url: string;

  /** @param server - collects its garbage on SIGUSR2 */
  constructor(server: ChildProcess, url: string) {
    this.#server = server;
    this.#url = url;
  }

  async look(requests: number): Promise<void> {
    this.#server.kill('SIGUSR2');
    const metrics = await (await fetch(`${this.#url}/metrics`)).text();
    const status = await readFile(`/proc/${String(this.#server.pid)}/status`, 'utf8');
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]) / 2 ** 20;
    this.samples.push({
      requests,
      seconds: (performance.now() - this.#began) / 1000,
      resident: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
      heap: gauge('nodejs_heap_size_used_bytes'),
      external: gauge('nodejs_external_memory_bytes'),
    });
  }

  /** Ten lines of the time that has passed, each the least of its samples: what garbage collection leaves. */
  table(): string[] {
    const lines = ['  requests     seconds   resident       heap   external  (MiB, least of each tenth)'];
    for (const group of this.#groups(10)) {
      const least = (name: keyof Sample): string => Math.min(...group.map((sample) => sample[name])).toFixed(0);
      const last = group[group.length - 1];
      const cells = [
        String(last.requests),
        last.seconds.toFixed(0),
        least('resident'),
        least('heap'),
        least('external'),
      ];
      lines.push(cells.map((cell) => cell.padStart(10)).join(' '));
    }
    return lines;
  }

  /** How much memory grew from warm-up to the end, by a straight line through what garbage collection left. */
  trends(): { readonly what: 'resident' | 'heap'; readonly growth: number; readonly isFlat: boolean }[] {
    const groups = this.#groups(40);
    const warm = groups.slice(Math.floor(warmUp * groups.length));
    return (['resident', 'heap'] as const).map((what) => {
      const least = warm.map((group) => Math.min(...group.map((sample) => sample[what])));
      const growth = slope(least) * (least.length - 1);
      return { what, growth, isFlat: growth < Math.max(indexMiB, mostGrowth[what] * median(least)) };
    });
  }

  #groups(count: number): Sample[][] {
    const size = Math.max(1, this.samples.length / count);
    const groups: Sample[][] = [];
    for (let start = 0; Math.round(start) < this.samples.length; start += size)
      groups.push(this.samples.slice(Math.round(start), Math.max(Math.round(start) + 1, Math.round(start + size))));
    return groups;
  }
}

/** Slope of the straight line that fits values at equal distances best. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [k, value] of values.entries()) {
    above += (k - middle) * (value - mean);
    below += (k - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
