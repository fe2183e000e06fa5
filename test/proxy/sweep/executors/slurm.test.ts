import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ranges, slurmScript } from '../../../../src/proxy/sweep/executors/slurmScript.ts';
import type { SweepStatus } from '../../../../src/proxy/sweep/status.ts';
import type { Submission } from '../../../../src/proxy/sweep/submission.ts';
import { folderFor, tinyBase } from '../../tiny.ts';
import { fakeScheduler } from './fakeScheduler.ts';

/** A dozen starts of a process take long on a machine that is busy. */
const timeout = 240_000;
const yaml = `name: four\n${tinyBase}seeds: [0, 1, 2, 3]
resources:
  slurm: { partition: long, time: 02:00:00, cpus: 2, memory: 4G, gpus: 'a100:1', setup: ['module load nodejs'] }
`;
const sweep = ['sweep', 'sweep.yaml', '--executor', 'slurm', '--jobs', '2'];

it('hands over, watches, fails, resumes, cancels', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop, answer, calls } = await fakeScheduler(folder);
  await writeFile(join(folder, 'sweep.yaml'), yaml);
  await answer('sbatch', '17\n');
  const started = await isoflop(sweep);
  expect([started.status, started.stderr]).toEqual([0, '']);
  expect(started.stdout).toBe(
    'four: job 17 of Slurm has 4 runs\nWatch it: isoflop sweep status runs/four\nEnd it:   isoflop sweep cancel runs/four\n',
  );
  const out = join(folder, 'runs/four');
  expect(calls('sbatch')).toEqual([
    ['--parsable', '--array=0-3%2', `--output=${join(out, 'sweep.logs/%a.log')}`, join(out, 'sweep.sbatch')],
  ]);
  const submission = JSON.parse(await readFile(join(out, 'sweep.job.json'), 'utf8')) as Submission;
  expect(submission).toMatchObject({ executor: 'slurm', id: '17', indexes: [0, 1, 2, 3] });

  // What a task of the job runs, from the script as it is; one of two that are started at once gives way.
  const script = readFileSync(join(out, 'sweep.sbatch'), 'utf8');
  for (const line of ['--partition=long', '--time=02:00:00', '--cpus-per-task=2', '--mem=4G', '--gpus=a100:1'])
    expect(script).toContain(`#SBATCH ${line}\n`);
  const digest = /--plan ([0-9a-f]{16}) /.exec(script)?.[1] ?? '';
  const task = ['sweep', 'run', out, '--plan', digest, '--index'];
  const both = await Promise.all([isoflop([...task, '0']), isoflop([...task, '0'])]);
  expect(both.some(({ status, stdout }) => status === 0 && stdout.startsWith('s0: done'))).toBe(true);
  for (const { status, stderr } of both) if (status !== 0) expect(stderr).toContain('The run s0 is being trained by');
  expect((await isoflop(['sweep', 'run', out, '--plan', 'another', '--index', '1'])).stderr).toContain('another sweep');
  expect((await isoflop([...task, '4'])).stderr).toContain('It takes a whole number from 0 to 3.');

  await answer('squeue', '1|RUNNING|None\n2|PENDING|Resources\n3|PENDING|JobArrayTaskLimit\n');
  const status = async (): Promise<SweepStatus> =>
    JSON.parse((await isoflop(['sweep', 'status', 'runs/four', '--json'])).stdout) as SweepStatus;
  const now = await status();
  expect(now.runs.map(({ status: how, reason }) => [how, reason])).toEqual([
    ['done', null],
    ['training', null],
    ['waiting', 'Resources'],
    ['waiting', 'JobArrayTaskLimit'],
  ]);
  expect([now.isActive, now.unasked]).toEqual([true, null]);
  const csv = await readFile(join(out, 'runs.csv'), 'utf8');
  expect(csv).toBe(await readFile(join(out, 's0/metrics.csv'), 'utf8'));
  // Neither a second job, nor processes here.
  for (const more of [sweep, ['sweep', 'sweep.yaml']]) {
    const { status: exit, stderr } = await isoflop([...more, '--resume']);
    expect([exit, stderr.includes('runs/four is in the hands of slurm, as job 17')]).toEqual([2, true]);
  }

  // One task was killed; without accounting the controller says so.
  await answer('squeue', '');
  await answer('sacct', '17_2|CANCELLED by 0|0:15\n17_3|OUT_OF_MEMORY|0:125\n17_1|FAILED|137:0\n17_[9]|PENDING|0:0\n');
  const words = (await isoflop(['sweep', 'status', 'runs/four'])).stdout.split('\n');
  expect(words[0]).toBe('four: 4 runs, 1 done, 3 failed');
  expect(words[1]).toBe('  failed: s1 (its task ended without a result (FAILED, ended by signal 9))');
  await writeFile(join(folder, 'sacct.err'), 'Slurm accounting storage is disabled\n');
  await answer(
    'scontrol',
    'JobId=18 ArrayJobId=17 ArrayTaskId=1 JobState=NODE_FAIL DerivedExitCode=0:0 ExitCode=0:0\n',
  );
  expect((await status()).runs[1].reason).toContain('(NODE_FAIL)');

  await answer('sbatch', '21;other\n');
  expect((await isoflop([...sweep, '--resume'])).status).toBe(0);
  expect(calls('sbatch')[1][1]).toBe('--array=1-3%2');
  await isoflop(['sweep', 'cancel', 'runs/four']);
  expect(calls('scancel')).toEqual([['--clusters=other', '21']]);
  // What was ended on purpose has not failed.
  expect((await status()).runs.map(({ status: how }) => how)).toEqual(['done', 'waiting', 'waiting', 'waiting']);
});

it('passes on what Slurm says, and records no job then', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop, refuse, answer } = await fakeScheduler(folder);
  await writeFile(join(folder, 'sweep.yaml'), yaml);
  await refuse('sbatch', 'sbatch: error: invalid partition specified: long\n');
  const { status, stdout, stderr } = await isoflop(sweep);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error: sbatch refused: sbatch: error: invalid partition specified: long\. Correct/);
  await refuse('sbatch', undefined);
  await answer('sbatch', 'hello\n');
  expect((await isoflop([...sweep, '--resume'])).stderr).toContain('sbatch refused: it printed "hello"');
  expect(await readdir(join(folder, 'runs/four'))).not.toContain('sweep.job.json');
});

it('says what to do where there is no Slurm, and what a mistake in resources is', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop } = await fakeScheduler(folder, []);
  await writeFile(join(folder, 'sweep.yaml'), yaml);
  const missing = await isoflop(sweep);
  expect([missing.status, missing.stderr]).toEqual([
    1,
    "error: There is no program sbatch on this machine's PATH. Run this where the scheduler is installed, such as a login node, or choose --executor local.\n",
  ]);
  expect((await isoflop(['sweep', 'sweep.yaml', '--executor', 'slrm'])).stderr).toContain('Did you mean "slurm"?');
  for (const [bad, said] of [
    ['partition: "a b"', 'resources.slurm.partition must match pattern'],
    ['partition: "x\\n#SBATCH --wrap=id"', 'resources.slurm.partition must match pattern'],
    ['setup: ["a\\nb"]', 'resources.slurm.setup.0 must match pattern'],
    ['partitoin: long', 'there is no resources.slurm.partitoin. Did you mean partition?'],
    ['cpus: 0', 'resources.slurm.cpus must be >= 1, but is 0'],
  ]) {
    await writeFile(join(folder, 'sweep.yaml'), yaml.replace(/slurm: .*/, `slurm: { ${bad} }`));
    const { status, stderr } = await isoflop(sweep);
    expect([status, stderr.includes(`line 14: ${said}`) || stderr]).toEqual([2, true]);
  }
});

it('reads files alone where the scheduler cannot be asked', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop, answer, refuse } = await fakeScheduler(folder);
  await writeFile(join(folder, 'sweep.yaml'), yaml);
  await answer('sbatch', '17\n');
  await isoflop(sweep);
  await refuse('squeue', 'slurm_load_jobs error: Unable to contact slurm controller\n');
  const { status, stdout, stderr } = await isoflop(['sweep', 'status', 'runs/four']);
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'four: 4 runs, 4 waiting']);
  expect(stderr).toContain('warning: squeue refused: slurm_load_jobs error: Unable to contact slurm controller.');
});

it('writes scripts that a shell takes for what they are, whatever the folder is called', async () => {
  const odd = join(await folderFor(), `it's "odd" $(touch made) \`touch made\`; %a`);
  mkdirSync(odd);
  const program = [process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--'];
  const script = slurmScript({ name: 'odd', folder: odd, digest: '0123', resources: {}, program });
  const printed = execFileSync('bash', [], { input: script, cwd: odd, env: { SLURM_ARRAY_TASK_ID: '7' } }).toString();
  expect(JSON.parse(printed)).toEqual(['sweep', 'run', odd, '--index', '7', '--plan', '0123']);
  expect(await readdir(odd)).toEqual([]);
});

it('lists numbers as Slurm does', () => {
  expect([ranges([3]), ranges([0, 1, 2, 5, 7, 8])]).toEqual(['3', '0-2,5,7-8']);
});
