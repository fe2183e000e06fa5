/** Files of a run, in its folder. */
export const runFiles = {
  config: 'config.json',
  metrics: 'metrics.csv',
  rows: 'metrics.json',
  checkpoint: 'checkpoint.safetensors',
  weights: 'weights.safetensors',
  result: 'result.json',
} as const;
