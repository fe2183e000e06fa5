import { stringify } from 'yaml';
import type { KubernetesResources } from '../resourcesSchema.ts';

/** What an Indexed Job is made from. */
export interface JobOptions {
  readonly job: string;
  readonly folder: string;
  readonly digest: string;
  readonly runs: number;
  readonly parallelism: number;
  readonly resources: KubernetesResources;
}

/** How often the pod of a run may fail by itself before the run counts as failed. */
const retries = 2;

/** A name of Kubernetes: lower case, no dots, short enough for what it appends for pods. */
export const jobName = (sweep: string, now: number): string => {
  const middle = sweep
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30);
  return ['isoflop', middle, now.toString(36)].filter((part) => part !== '').join('-');
};

/** The manifest of a Job with an index for each run of the sweep; runs that have ended only say so and end. */
export function kubernetesJob({ job, folder, digest, runs, parallelism, resources }: JobOptions): string {
  const { image, claim, mount, namespace, cpu, memory, gpu } = resources;
  const labels = { 'app.kubernetes.io/name': 'isoflop', 'app.kubernetes.io/instance': job };
  const asked = {
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory }),
    ...(gpu === undefined ? {} : { 'nvidia.com/gpu': String(gpu) }),
  };
  // Kubernetes puts variables for $(NAME), and a single $ for two.
  const path = folder.replaceAll('$', '$$$$');
  const manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, ...(namespace === undefined ? {} : { namespace }), labels },
    spec: {
      completionMode: 'Indexed',
      completions: runs,
      parallelism: Math.min(parallelism, runs),
      backoffLimitPerIndex: retries,
      // One run that fails is no reason to end the others.
      maxFailedIndexes: runs,
      podFailurePolicy: {
        // A pod that gives way to others, or whose node is drained, has not failed.
        rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          // Time to end the step and to write a checkpoint.
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name: 'isoflop',
              image,
              command: ['isoflop', 'sweep', 'run', path, '--index', '$(JOB_COMPLETION_INDEX)', '--plan', digest],
              ...(Object.keys(asked).length === 0 ? {} : { resources: { requests: asked, limits: asked } }),
              volumeMounts: [{ name: 'runs', mountPath: mount }],
            },
          ],
          volumes: [{ name: 'runs', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
  return `# Written by isoflop sweep: each index of this Job trains one run of the sweep. Untested on a cluster.\n${stringify(manifest)}`;
}
