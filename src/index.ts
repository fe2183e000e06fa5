/**
 * Neural scaling laws: read runs, fit a law, predict, allocate, draw.
 *
 * @module isoflop
 */
export * from './browser/everywhere.ts';

export { nextRuns } from './plan/next/nextRuns.ts';
export type {
  NextOptions,
  NextRival,
  NextRun,
  NextRuns,
  NextTarget,
  RunShape,
  TargetInterval,
} from './plan/next/types.ts';
export { nextRunsFigure } from './plots/nextRuns.ts';
export { formatNextRuns } from './report/nextText.ts';

export { readRuns } from './runs/files.ts';
export { quantityNames, readHeader } from './runs/header.ts';

export { figurePdf } from './node/figures/pdf.ts';
export { figurePng, type FigurePngOptions } from './node/figures/png.ts';
export { saveFigures, type SaveFiguresOptions } from './node/figures/saveFigures.ts';
export type { FigureFormat } from './node/figures/targets.ts';
export { fitRuns, type FitRunsOptions } from './node/fitRuns.ts';
export { loadFit, saveFit } from './node/savedFits.ts';
export { backtestInThreads, inThreads, matrixInThreads, stopThreads } from './node/threads.ts';
