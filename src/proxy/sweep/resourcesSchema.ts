import Type, { type Static } from 'typebox';

/** Text of a scheduler's own: nothing that a shell, or the comment that Slurm reads options from, could take for more. */
const word = (pattern: string, description: string) =>
  Type.Optional(Type.String({ pattern, maxLength: 200, description }));
const whole = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description }));

const name = '^[A-Za-z0-9_][A-Za-z0-9_.,-]*$';
const kubernetesName = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';

/** What each task of a job array asks Slurm for; what is left out is the cluster's default. */
const slurm = Type.Object(
  {
    partition: word(name, 'A partition, as sinfo lists them'),
    account: word(name, 'The account that is charged'),
    qos: word(name, 'Quality of service'),
    time: word(
      '^([0-9]+-[0-9]{1,2}(:[0-9]{2}){0,2}|[0-9]+(:[0-9]{2}){0,2})$',
      'The longest a task may take, as text: "90" minutes, 02:00:00, or 1-12 for a day and a half',
    ),
    cpus: whole('CPUs of a task'),
    memory: word('^[0-9]+[KMGT]?$', 'Memory of a task, such as 4G'),
    gpus: word('^([A-Za-z][A-Za-z0-9_.-]*:)?[0-9]+$', 'GPUs of a task as text, such as "1" or a100:1'),
    gres: word('^[A-Za-z0-9_.:,-]+$', 'Generic resources, such as gpu:1'),
    constraint: word('^[A-Za-z0-9_.&|,-]+$', 'Features of nodes, such as avx512'),
    setup: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]*$', maxLength: 1000, description: 'A line of shell' }), {
        maxItems: 50,
        description: 'Lines of shell before the run, such as module load nodejs',
      }),
    ),
  },
  { additionalProperties: false, description: 'What a task asks Slurm for' },
);

/** What each pod of an Indexed Job asks Kubernetes for. */
const kubernetes = Type.Object(
  {
    image: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
      maxLength: 500,
      description: 'A container image with isoflop on its PATH',
    }),
    claim: Type.String({ pattern: kubernetesName, description: 'The volume claim on which the sweep lies' }),
    mount: Type.String({
      pattern: '^/[^\\x00-\\x1f\\x7f:]*$',
      maxLength: 500,
      description: 'The path of that volume, here and in the pods alike',
    }),
    namespace: word(kubernetesName, 'A namespace; that of the context unless given'),
    cpu: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 'CPUs of a pod' })),
    memory: word('^[0-9]+([KMGT]i)?$', 'Memory of a pod, such as 4Gi'),
    gpu: whole('GPUs of a pod, nvidia.com/gpu'),
  },
  { additionalProperties: false, description: 'What a pod asks Kubernetes for' },
);

/** The part of a sweep's YAML that says what schedulers are asked for. */
export const resourcesSchema = Type.Object(
  { slurm: Type.Optional(slurm), kubernetes: Type.Optional(kubernetes) },
  { additionalProperties: false, description: 'What schedulers are asked for' },
);
export type Resources = Static<typeof resourcesSchema>;
export type SlurmResources = Static<typeof slurm>;
export type KubernetesResources = Static<typeof kubernetes>;
