import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedRun, resolveRun } from '../../src/proxy/readConfig.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { readYaml } from '../../src/proxy/yaml.ts';

/** A run with nothing but what has to be there, line by line. */
export const corpus = 'corpus: { kind: markov, vocabulary: 16 }';
export const model = 'model: { layers: 1, width: 16, context: 16 }';
export const schedule = 'schedule: { rate: 0.01 }';
export const whole = [corpus, model, schedule, 'tokens: 1000'].join('\n');

/** Reads the YAML of a run, written into a folder first. */
export async function readRun(folder: string, text: string): Promise<RunConfig> {
  const file = join(folder, 'run.yaml');
  await writeFile(file, text);
  const document = await readYaml(file);
  return resolveRun(document, checkedRun(document, document.value));
}

/** Lines of a run, with another in place of one that begins alike. */
export const having = (line: string): string => {
  const key = line.slice(0, line.indexOf(':') + 1);
  const lines = whole.split('\n');
  return (
    lines.some((one) => one.startsWith(key)) ? lines.map((one) => (one.startsWith(key) ? line : one)) : [...lines, line]
  ).join('\n');
};
