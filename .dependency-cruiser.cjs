/** Imports point one way (docs/architecture.md): each layer may import only the layers to its left. */
const layers = [
  'core',
  'runs|laws',
  'fit',
  'uncertainty',
  'backtest|plan',
  'observational|watch',
  'report|plots',
  'notebook|node|browser',
  'proxy',
  'cli',
];

const oneWay = layers.slice(0, -1).map((layer, k) => ({
  name: `${layer.replaceAll('|', '-')}-imports-only-what-is-below`,
  severity: 'error',
  from: { path: `^src/(${layer})/` },
  to: { path: `^(src/(${layers.slice(k + 1).join('|')})/|src/index|server/)` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'runs-and-laws-stay-apart', severity: 'error', from: { path: '^src/laws/' }, to: { path: '^src/runs/' } },
    { name: 'laws-and-runs-stay-apart', severity: 'error', from: { path: '^src/runs/' }, to: { path: '^src/laws/' } },
    {
      name: 'runs-in-a-browser',
      comment: 'core to plots run in a browser too; only the file-opening edge of runs may use Node',
      severity: 'error',
      from: {
        path: '^src/(core|runs|laws|fit|uncertainty|backtest|plan|observational|watch|report|plots|browser)/',
        pathNot: '^src/runs/(files\\.ts|sha256\\.ts|disk/)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'fastify-in-server-only',
      severity: 'error',
      from: { pathNot: '^server/' },
      to: { path: 'node_modules/@?fastify' },
    },
    {
      name: 'only-serve-starts-the-server',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/commands/serve' },
      to: { path: '^server/' },
    },
    {
      name: 'tensorflow-in-engines-only',
      severity: 'error',
      from: { pathNot: '^src/proxy/engines/' },
      to: { path: 'node_modules/@tensorflow' },
    },
    {
      name: 'the-page-stays-out-of-node',
      severity: 'error',
      from: { path: '^server/page/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
