import { request } from 'node:http';
import { median } from './measure.ts';

/** Points of a batch, and how often each is asked for. */
const size = { points: 100_000, runs: 10 };

/** Milliseconds from the first byte of a request to the last of its answer. */
export interface BatchTimes {
  readonly form: 'points' | 'columns';
  readonly calibrated: boolean;
  /** The first answer of this kind for a fit that the server has loaded. */
  readonly cold: number;
  /** Median of the next ones, each with other points. */
  readonly warm: number;
  readonly megabytes: number;
}

/**
 * Measures batches of 100,000 points over four decades of params and of tokens, as objects and as columns.
 *
 * @param baseUrl - of a server that has the fit
 */
export async function measureBatches(baseUrl: string, fit: string): Promise<BatchTimes[]> {
  const url = `${baseUrl}/api/fits/${fit}/predict`;
  // So that the fit is loaded.
  await send(url, bodyOf('points', false, 1, 0));
  const times: BatchTimes[] = [];
  for (const calibrated of [false, true])
    for (const form of ['columns', 'points'] as const) {
      const measured: number[] = [];
      let bytes = 0;
      for (let run = 0; run <= size.runs; run++) {
        const body = bodyOf(form, calibrated, size.points, run);
        const began = performance.now();
        bytes = await send(url, body);
        measured.push(performance.now() - began);
      }
      const [cold, ...warm] = measured;
      times.push({ form, calibrated, cold, warm: median(warm), megabytes: bytes / 1e6 });
    }
  return times;
}

function bodyOf(form: BatchTimes['form'], calibrated: boolean, points: number, seed: number): Buffer {
  // A sequence that fills the plane evenly, from another place for each seed.
  const spread = (k: number, by: number): number => (k * by + 0.137 * seed) % 1;
  const params = Array.from({ length: points }, (_, k) => Math.round(10 ** (8 + 4 * spread(k, 0.754877666))));
  const tokens = Array.from({ length: points }, (_, k) => Math.round(10 ** (9 + 4 * spread(k, 0.569840291))));
  const asked =
    form === 'columns'
      ? { columns: { params, tokens } }
      : { points: params.map((value, k) => ({ params: value, tokens: tokens[k] })) };
  return Buffer.from(JSON.stringify({ ...asked, calibrated }));
}

/** Sends a body and reads the answer; how many bytes it has. */
function send(url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const asked = request(url, { method: 'POST', headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`${url} answered ${String(answer.statusCode)}`));
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
