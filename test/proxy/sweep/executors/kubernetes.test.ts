import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { jobName, kubernetesJob } from '../../../../src/proxy/sweep/executors/kubernetesJob.ts';
import type { SweepStatus } from '../../../../src/proxy/sweep/status.ts';
import { folderFor, tinyBase } from '../../tiny.ts';
import { fakeScheduler } from './fakeScheduler.ts';

/** A dozen starts of a process take long on a machine that is busy. */
const timeout = 240_000;
const sweep = ['sweep', 'sweep.yaml', '--executor', 'kubernetes', '--jobs', '2'];
const yaml = (mount: string): string => `name: three\n${tinyBase}seeds: [0, 1, 2]
resources:
  kubernetes: { image: 'registry/isoflop:1', claim: runs, mount: '${mount}', namespace: lab, cpu: 0.5, memory: 2Gi, gpu: 1 }
`;

type JobData = NonNullable<ConstructorParameters<typeof Job>[0]>;

/** Holds a manifest against the published schema of a Job. */
const validated = (text: string): JobData => {
  const data = parse(text) as JobData;
  new Job(data).validate();
  return data;
};

it('writes a Job that its schema takes, with an index for each run', () => {
  const all = { job: 'isoflop-a-1', folder: '/data/$(HOME)', digest: 'abc', runs: 16, parallelism: 4 };
  const least = { image: 'isoflop', claim: 'runs', mount: '/data' };
  const data = validated(kubernetesJob({ ...all, resources: least }));
  expect(data.spec).toMatchObject({ completionMode: 'Indexed', completions: 16, parallelism: 4 });
  const [{ command, resources }] = data.spec?.template.spec?.containers ?? [];
  const index = ['--index', '$(JOB_COMPLETION_INDEX)'];
  expect(command).toEqual(['isoflop', 'sweep', 'run', '/data/$$(HOME)', ...index, '--plan', 'abc']);
  expect(resources).toBeUndefined();
  const full = { ...least, namespace: 'lab', cpu: 2, memory: '4Gi', gpu: 1 };
  const asked = validated(kubernetesJob({ ...all, resources: full })).spec?.template.spec?.containers[0].resources;
  expect(asked?.limits).toEqual({ cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '1' });
  // The schema is one that says no.
  expect(() =>
    validated(kubernetesJob({ ...all, resources: least }).replace('completions: 16', 'completions: x')),
  ).toThrow();
});

it('makes names that Kubernetes takes', () => {
  expect(jobName('My_Ladder.v2', 1e12)).toBe('isoflop-my-ladder-v2-cre66i9s');
  expect(jobName('___', 1e12)).toBe('isoflop-cre66i9s');
  expect(jobName('a'.repeat(100), 1e12).length).toBeLessThan(50);
});

it('applies it, watches it by its pods, and deletes it', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop, answer, refuse, calls } = await fakeScheduler(folder, ['kubectl']);
  await writeFile(join(folder, 'sweep.yaml'), yaml(folder));
  const { status, stdout } = await isoflop(sweep);
  expect([status, stdout.split('\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^three: job isoflop-three-\w+ of Kubernetes has 3 runs$/) as unknown,
  ]);
  const manifest = join(folder, 'runs/three/sweep.job.yaml');
  expect(calls('kubectl')).toEqual([['apply', '-f', manifest]]);
  const { metadata } = validated(readFileSync(manifest, 'utf8'));
  expect(metadata?.namespace).toBe('lab');

  const pod = (index: number, made: number, state: object): object => ({
    kind: 'Pod',
    metadata: {
      creationTimestamp: `2026-01-01T00:00:0${String(made)}Z`,
      labels: { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
    status: state,
  });
  const oomKilled = { state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } };
  const items = [
    { kind: 'Job', metadata: {}, status: { active: 1 } },
    pod(0, 2, { phase: 'Running' }),
    pod(0, 1, { phase: 'Failed' }),
    pod(1, 1, { phase: 'Failed', containerStatuses: [oomKilled] }),
  ];
  await answer('kubectl', JSON.stringify({ items }));
  const { runs } = JSON.parse((await isoflop(['sweep', 'status', 'runs/three', '--json'])).stdout) as SweepStatus;
  expect(runs.map(({ status: how, reason }) => [how, reason])).toEqual([
    ['training', null],
    ['failed', 'its task ended without a result (OOMKilled, exit status 137)'],
    ['waiting', null],
  ]);
  expect((await isoflop([...sweep, '--resume'])).stderr).toContain('is in the hands of kubernetes');
  await isoflop(['sweep', 'cancel', 'runs/three']);
  const deleted = calls('kubectl').at(-1);
  expect(deleted).toEqual(['delete', 'job', metadata?.name, '--ignore-not-found', '--namespace=lab']);
  await answer('kubectl', '{"items":[]}');
  await refuse('kubectl', 'error: no configuration has been provided\n');
  expect((await isoflop(['sweep', 'status', 'runs/three'])).stderr).toContain('no configuration has been provided');
});

it('says the command where there is no kubectl, and what is missing', { timeout }, async () => {
  const folder = await folderFor();
  const { isoflop } = await fakeScheduler(folder, []);
  await writeFile(join(folder, 'sweep.yaml'), yaml(folder));
  expect((await isoflop(sweep)).stdout).toContain(
    `there is no kubectl here; submit it by: kubectl apply -f '${join(folder, 'runs/three/sweep.job.yaml')}'`,
  );
  await writeFile(join(folder, 'sweep.yaml'), yaml('/data'));
  const elsewhere = await isoflop([...sweep, '--out', 'elsewhere']);
  expect([elsewhere.status, elsewhere.stderr]).toEqual([2, expect.stringContaining('below /data (--out)') as unknown]);
  await writeFile(join(folder, 'sweep.yaml'), tinyBase);
  expect((await isoflop(sweep)).stderr).toContain('needs resources.kubernetes in the sweep');
  expect(await readdir(join(folder, 'runs/sweep'))).not.toContain('sweep.job.json');
});
