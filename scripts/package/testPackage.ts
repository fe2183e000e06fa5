// Packs the package, installs it into an empty project, and uses it there on every version of Node that it supports.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleForPage } from './bundle.ts';
import { createConsumer } from './consumer.ts';
import { askAttw, compileDeclarations } from './declarations.ts';
import { installNodes } from './nodes.ts';
import { tryOnNode, type NodeResult } from './onNode.ts';

const folder = await mkdtemp(join(tmpdir(), 'isoflop-package-'));
try {
  const [consumer, nodes] = await Promise.all([createConsumer(folder), installNodes()]);
  const results: NodeResult[] = [];
  for (const node of nodes.values()) results.push(await tryOnNode(node, consumer));
  print(['', ...results.map(({ version }) => version)], table(results));
  console.log(
    `\nLargest relative difference of a number between versions: ${largestDifference(results).toExponential(1)}`,
  );
  const rest = {
    ...(await compileDeclarations(consumer.folder)),
    attw: await askAttw(consumer.tarball, consumer.folder),
    ...(await bundleForPage(consumer.folder)),
  };
  console.log('');
  print(['', 'found'], Object.entries(rest));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A row for each thing that was tried. */
function table(results: readonly NodeResult[]): string[][] {
  return Object.keys(results[0].found).map((what) => [what, ...results.map(({ found }) => found[what])]);
}

/** Versions of V8 may round exp and log differently, which the fit passes on; more than rounding is a defect. */
function largestDifference([first, ...others]: readonly NodeResult[]): number {
  const differences = others.flatMap(({ numbers }) => numbers.map((x, k) => Math.abs(x / first.numbers[k] - 1)));
  const largest = Math.max(...differences);
  if (!(largest < 1e-8)) throw new Error(`numbers differ between versions of Node, by ${largest.toExponential(1)}`);
  return largest;
}

function print(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, k) => Math.max(...all.map((row) => row[k].length)));
  for (const row of all)
    console.log(
      row
        .map((cell, k) => cell.padEnd(widths[k]))
        .join('  ')
        .trimEnd(),
    );
}
