import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Writes a CSV of runs of a known law with 1% noise: eight numeric columns. */
export async function writeSyntheticCsv(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  let state = 1;
  const random = (): number => {
    // A linear congruential generator is random enough for filler, and quick.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  file.write('params,tokens,flops,loss,step,lr,batch_size,seed\n');
  let lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    const params = Math.round(10 ** (7 + 3.3 * random()));
    const tokens = Math.round(10 ** (9 + 2.5 * random()));
    const noise = 1 + 0.01 * (random() + random() + random() - 1.5) * 2;
    const loss = (1.8172 + 477.8 / params ** 0.3473 + 2143 / tokens ** 0.3672) * noise;
    lines.push(`${params},${tokens},${6 * params * tokens},${loss.toFixed(6)},${i % 1000},0.0003,512,${i % 7}`);
    if (lines.length === 20_000 || i === rows - 1) {
      if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
      lines = [];
    }
  }
  file.end();
  await finished(file);
}
