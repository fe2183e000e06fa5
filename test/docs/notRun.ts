/** A command on a page that no test of the pages runs. */
export interface NotRun {
  readonly page: string;
  /** Fits the command as the page writes it. */
  readonly command: RegExp;
  readonly reason: string;
  /** Whether `npm run test:long` runs it. */
  readonly isLong?: boolean;
}

/** All commands that are not run, and why. One that is on no page any more has to go from here too. */
export const notRun: readonly NotRun[] = [
  { page: 'README.md', command: /^npm /, reason: 'is what runs this test, and starts a server' },
  { page: 'README.md', command: /^source /, reason: 'is for an interactive shell; test/cli/completion.test.ts' },
  {
    page: 'README.md',
    command: /^isoflop sweep ladder\.yaml --jobs/,
    reason: 'trains for minutes; test/cli/sweep.test.ts',
  },
  {
    page: 'README.md',
    command: /^isoflop dynamics/,
    reason: 'needs the weights of trained runs; test/cli/dynamics.test.ts',
  },
  {
    page: 'docs/api.md',
    command: /^curl /,
    reason: 'asks a server; test/server/docs.test.ts asks it the same by the client',
  },
  {
    page: 'docs/laws/multi-power.md',
    command: /^isoflop fit/,
    reason: 'takes 2 s; docs/schedules.md fits the law to thinned curves',
    isLong: true,
  },
  { page: 'docs/backtests.md', command: /--matrix/, reason: 'takes 4 s; README.md has a smaller matrix', isLong: true },
  { page: 'docs/backtests.md', command: /--laws/, reason: 'takes 2 s; README.md has it on fewer runs', isLong: true },
  {
    page: 'docs/clusters.md',
    command: /^isoflop sweep/,
    reason: 'needs a scheduler; test/slurm/run.sh, test/proxy/sweep',
  },
  {
    page: 'docs/engines.md',
    command: /^(npm|pip|package=|unzip|mkdir|mv|ln|\(cd|export|node -e| {2}')/,
    reason: 'downloads hundreds of megabytes',
  },
  {
    page: 'docs/engines.md',
    command: /^isoflop engines webgpu/,
    reason: 'needs an optional package, and half a minute',
  },
  {
    page: 'docs/figures.md',
    command: /^isoflop (backtest|profile|compare)/,
    reason: 'take 3 s; the pages of these commands run them',
    isLong: true,
  },
  {
    page: 'docs/figures.md',
    command: /^isoflop dynamics/,
    reason: 'needs the weights of trained runs; test/cli/dynamics.test.ts',
  },
  { page: 'docs/formats.md', command: / --sql /, reason: 'needs an optional package; npm run test:sql' },
  {
    page: 'docs/likelihood.md',
    command: /--null chinchilla --resamples 999/,
    reason: 'takes 3.5 s; test/uncertainty/likelihood.test.ts compares the two laws',
    isLong: true,
  },
  {
    page: 'docs/server.md',
    command: /^(docker|export) /,
    reason: 'needs Docker and a shell; test/server/operation.container.test.ts',
  },
  {
    page: 'docs/training.md',
    command: /^isoflop sweep ladder\.yaml/,
    reason: 'trains for minutes, or times the engine for seconds; test/cli/sweep.test.ts',
  },
  {
    page: 'docs/training.md',
    command: /^isoflop dynamics/,
    reason: 'needs the weights of trained runs; test/cli/dynamics.test.ts',
  },
  {
    page: 'notebooks/README.md',
    command: /^(pip|npx deno|npm)/,
    reason: 'installs Jupyter; test/notebooks.test.ts runs the cells',
  },
  {
    page: 'docs/testbeds.md',
    command: /^isoflop (testbed (random-features --out|superposition)|fit (bed|widths|weak)\.csv)/,
    reason: 'trains for seconds; test/cli/testbed.test.ts',
    isLong: true,
  },
  { page: 'docs/walkthrough.md', command: /^npm install/, reason: 'npm run walkthrough times it' },
  { page: 'docs/which-law.md', command: /^isoflop backtest/, reason: 'takes 3 s', isLong: true },
];

/** Blocks in languages that nothing here runs, and why. */
export const notRunBlocks: readonly { readonly page: string; readonly language: string; readonly reason: string }[] = [
  { page: 'CONTRIBUTING.md', language: 'ts', reason: 'parts of files; test/contributing.test.ts puts them together' },
  { page: 'docs/walkthrough.md', language: 'csv', reason: 'test/docs/links.test.ts compares it with the runs' },
  { page: 'CONTRIBUTING.md', language: 'diff', reason: 'the same' },
  { page: 'README.md', language: 'ts', reason: 'prints a report; test/readme.test.ts compares it' },
  { page: 'docs/api.md', language: 'typescript', reason: 'test/server/docs.test.ts runs it against a server' },
  { page: 'docs/browser.md', language: 'js', reason: 'needs a page; test/browser/bundle.test.ts runs the same in one' },
  { page: 'docs/formats.md', language: 'python', reason: 'asks Weights & Biases' },
  { page: 'docs/server.md', language: 'yaml', reason: 'configures Prometheus' },
  { page: 'docs/server.md', language: 'nginx', reason: 'configures nginx' },
  { page: 'docs/server.md', language: 'ini', reason: 'configures systemd' },
];
