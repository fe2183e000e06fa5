// Runs what `npm test` is: the tests, and beside them at a lower priority `npm run check`, which takes the time in which tests
// wait. The last line is the closing line of the tests.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** Runs a program; what it writes to stdout is handed on as it comes. */
function run(program, args, onOutput) {
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'inherit'] });
  child.stdout.on('data', onOutput);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => {
      resolve(status === 0);
    });
  });
  return { child, ended };
}

const checked = [];
const check = run('npm', ['run', '--silent', 'check'], (chunk) => checked.push(chunk));
try {
  setPriority(check.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Where it may not be lowered it takes its share.
}

let tail = '';
const tests = run('npx', ['vitest', 'run'], (chunk) => {
  process.stdout.write(chunk);
  tail = `${tail}${chunk.toString()}`.slice(-2000);
});

let areTestsOver = false;
const isChecked = check.ended.then((isGood) => {
  process.stdout.write(Buffer.concat(checked));
  // What is said after the tests may not take the place of their last line.
  if (areTestsOver) console.log(tail.trimEnd().split('\n').at(-1));
  return isGood;
});
const areTestsGood = await tests.ended;
areTestsOver = true;
process.exitCode = (await isChecked) && areTestsGood ? 0 : 1;
