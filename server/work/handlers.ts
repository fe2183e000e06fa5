import { backtestFigures, backtestRequested } from '../../src/node/request/backtests.ts';
import { comparisonFigures, compareRequested } from '../../src/node/request/families.ts';
import { fitRequested } from '../../src/node/request/fits.ts';
import { readRequested } from '../../src/node/request/read.ts';
import {
  buildFigure,
  buildFigures,
  figures,
  figureSvg,
  findFigure,
  overlayFigure,
  type Figure,
} from '../../src/plots/index.ts';
import { planRun } from '../../src/plan/budget/plan.ts';
import { planFigure } from '../../src/plots/plan.ts';
import { backtestToJson } from '../../src/report/backtestJson.ts';
import { formatBacktest } from '../../src/report/backtestText.ts';
import { familiesToJson } from '../../src/report/familiesJson.ts';
import { formatFamilies } from '../../src/report/familiesText.ts';
import { formatMatrix } from '../../src/report/matrixText.ts';
import { encodeFit } from '../../src/report/savedFit.ts';
import { formatPlan } from '../../src/report/planRunText.ts';
import { inThisThread } from '../../src/uncertainty/bootstrap.ts';
import type { FigureQuery } from '../schemas/figure.ts';
import { predictBatch } from './batch/predictBatch.ts';
import { describeFile } from './describe.ts';
import { loadedFit } from './loadedFits.ts';
import { planRequestOf } from './plan.ts';
import { previewFit } from './preview.ts';
import { lookAtSweep } from './sweep.ts';
import { watchOfSweep } from './watch.ts';
import type { InputOf, JsonBytes, OnProgress, OutputOf, TaskName } from './tasks.ts';

const bytes = (text: string): JsonBytes => new TextEncoder().encode(text);
const json = (value: unknown): JsonBytes => bytes(JSON.stringify(value));

/** Reads the runs of a request and tells how far that is. */
const readingTo =
  (onProgress: OnProgress): typeof readRequested =>
  (files, request, options) =>
    readRequested(files, request, {
      ...options,
      onProgress: (done) => {
        onProgress({ stage: 'reading', done, total: Infinity });
      },
    });

/** How each task is done. */
export const handlers: {
  readonly [Name in TaskName]: (input: InputOf<Name>, onProgress: OnProgress) => Promise<OutputOf<Name>>;
} = {
  describe: ({ file, limits }) => describeFile(file, limits),

  fit: async ({ files, request, command }, onProgress) => {
    const { fit } = await fitRequested(files, request, readingTo(onProgress), {
      resamples: inThisThread,
      onProgress: (stage, done, total) => {
        onProgress({ stage, done, total });
      },
    });
    return bytes(encodeFit(fit, { command }));
  },

  preview: async ({ files, request, extras }) => json(await previewFit(files, request, extras)),

  backtest: async ({ files, request }, onProgress) => {
    const found = await backtestRequested(files, request, readingTo(onProgress), {
      onProgress: (stage, done, total) => {
        onProgress({ stage: stage === 'backtest' ? 'backtests' : stage, done, total });
      },
    });
    const { backtest, matrix, warnings } = found;
    const report = [formatBacktest(backtest, warnings), ...(matrix === undefined ? [] : ['', formatMatrix(matrix)])];
    return json({
      backtest: backtestToJson(backtest, warnings, matrix),
      report: report.join('\n'),
      figures: backtestFigures(found),
    });
  },

  compare: async ({ files, request }, onProgress) => {
    const comparisons = await compareRequested(files, request, readingTo(onProgress), (done, total) => {
      onProgress({ stage: 'resampling', done, total });
    });
    return json({
      comparison: familiesToJson(comparisons),
      report: comparisons.map((comparison) => formatFamilies(comparison)).join('\n\n'),
      figures: comparisonFigures(comparisons),
    });
  },

  predict: async ({ fit, body }) => predictBatch(await loadedFit(fit), body),

  plan: async ({ fit, body }) => {
    const plan = planRun(await loadedFit(fit), await planRequestOf(body));
    return json({ plan, figure: planFigure(plan), report: formatPlan(plan) });
  },

  figure: async ({ fit, figure, query }) => {
    const { description } = findFigure(figure);
    return drawn(buildFigure(await loadedFit(fit), figure, optionsOf(query)), query, { id: figure, description });
  },

  figures: async (file) => {
    const fit = await loadedFit(file);
    // The slow ones are drawn when they are asked for; whether they can be, drawing tells.
    const built = buildFigures(
      fit,
      {},
      figures.filter(({ isSlow }) => isSlow !== true),
    );
    const found = new Map(built.map(({ definition, figure, reason }) => [definition.id, { figure, reason }]));
    return {
      list: figures.map(({ id, title, description }) => ({
        ...{ id, title, description },
        unavailable: found.get(id)?.reason ?? null,
      })),
      drawn: Object.fromEntries(
        [...found].flatMap(([id, { figure }]) => (figure === null ? [] : [[id, json(figure)] as const])),
      ),
    };
  },

  watch: async ({ path, run, query }) => {
    const { state, figure } = await watchOfSweep(path, run, query);
    return { state: json(state), figure: json(figure) };
  },

  sweep: async ({ id, path, updated }) => {
    const { summary, detail, figures } = await lookAtSweep(id, path, updated);
    return { summary, detail: json(detail), figures: json(figures) };
  },

  overlay: async ({ fits, query }) => {
    const loaded = await Promise.all(fits.map(async (file) => ({ name: file.name, fit: await loadedFit(file) })));
    const description = `The fits ${fits.map(({ name }) => name).join(', ')} in one figure.`;
    return drawn(overlayFigure(loaded, optionsOf(query)), query, { id: 'overlay', description });
  },
};

const optionsOf = ({ confidence, run }: FigureQuery): { confidence?: number; run?: string } => ({
  ...(confidence === undefined ? {} : { confidence }),
  ...(run === undefined ? {} : { run }),
});

function drawn(figure: Figure, { format }: FigureQuery, about: { id: string; description: string }): JsonBytes {
  return format === 'svg' ? bytes(figureSvg(figure, about)) : json(figure);
}
