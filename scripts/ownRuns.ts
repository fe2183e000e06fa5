import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * The runs of docs/walkthrough.md as a team might keep them: those of data/chinchilla.csv under other names, sizes in millions
 * and tokens in billions.
 */
export async function ownRuns(): Promise<string> {
  const text = await readFile(fileURLToPath(new URL('../data/chinchilla.csv', import.meta.url)), 'utf8');
  const [header, ...lines] = text.trim().split('\n');
  const place = (name: string): number => header.split(',').indexOf(name);
  const rows = lines.map((line, k) => {
    const cells = line.split(',');
    const [size, flops, loss] = ['Model Size', 'Training FLOP', 'loss'].map((name) => Number(cells[place(name)]));
    const tokens = flops / (6 * size);
    return [`exp-${String(k + 1)}`, (size / 1e6).toPrecision(6), (tokens / 1e9).toPrecision(6), loss.toFixed(4)];
  });
  return [['experiment', 'weights_M', 'tokens_B', 'eval_nll'], ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}
