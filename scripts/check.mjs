// Runs the steps of `npm run check`, as many at once as there are processors, and prints the output of each as a whole.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Scripts of package.json; the longest first, so that no processor waits for another in the end. */
const steps = ['lint', 'typecheck', 'format:check', 'boundaries', 'unused', 'package:check', 'api:check'];

/** Runs a script to its end, prints what it wrote, and gives whether it found nothing. */
function run(step) {
  const started = performance.now();
  const child = spawn('npm', ['run', '--silent', step], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`\n> npm run ${step}: ${status === 0 ? 'passed' : 'failed'} in ${seconds} s\n`);
      process.stdout.write(Buffer.concat(chunks));
      resolve(status === 0);
    });
  });
}

const failed = [];
const waiting = [...steps];
async function work() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
    if (!(await run(step))) failed.push(step);
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (failed.length > 0) console.error(`\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
