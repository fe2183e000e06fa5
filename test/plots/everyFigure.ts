import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { compareFamilies } from '../../src/plan/compare/families.ts';
import { nextRuns } from '../../src/plan/next/nextRuns.ts';
import { nextRunsFigure } from '../../src/plots/nextRuns.ts';
import { dynamicsFigures } from '../../src/plots/dynamics/index.ts';
import { coursesFigure, sizePlaces } from '../../src/plots/dynamics/courses.ts';
import { planRun } from '../../src/plan/budget/plan.ts';
import { planFigure, planFigureTitle } from '../../src/plots/plan.ts';
import { logAxis, padRange } from '../../src/plots/axis.ts';
import type { TitledFigure } from '../../src/plots/html.ts';
import {
  backtestFigure,
  buildFigures,
  describeLawView,
  lawFigure,
  matrixFigure,
  multiplierFigure,
  overlayFigure,
  profileFigure,
  profilePairFigure,
} from '../../src/plots/index.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { backtestLaws } from '../../src/backtest/backtest.ts';
import { observe } from '../../src/observational/observe.ts';
import { observationFigures } from '../../src/plots/observational/index.ts';
import { profileParam } from '../../src/uncertainty/profile.ts';
import { simulateCurve, simulateFamily } from '../../scripts/simulatedCurves.ts';
import { describeWatch, watchFigure } from '../../src/plots/watch.ts';
import { bandShares, type BandPoint } from '../../src/watch/band.ts';
import { curveUpTo } from '../../src/watch/curve.ts';
import { watchRun } from '../../src/watch/watchRun.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { publicModels } from '../observational/example.ts';
import { faster, fitBoth, simulateRuns, truth } from '../helpers/families.ts';
import { bootstrappedFit, chinchillaFit, publishedFit, wholeFit } from './exampleFit.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { parseSchedule } from '../../src/laws/curve/parseSchedule.ts';
import { multiPower } from '../../src/laws/multiPower.ts';
import { predictCurve } from '../../src/plan/schedule/predictCurve.ts';
import { curvePanels } from '../../src/plots/curvePanels.ts';
import { scheduleFigure } from '../../src/plots/scheduleFigure.ts';
import { publishedFit as publishedCoefficients } from '../../src/uncertainty/published.ts';
import { exampleMatrix } from './exampleMatrix.ts';

const steps = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

/** What the figures of training dynamics of a small sweep show. */
function exampleDynamics(): TitledFigure[] {
  const sizes = [1e5, 4e5, 1.6e6];
  const tokens = steps(12).map((k) => 1e6 * 1.5 ** k);
  const lines = sizes.flatMap((params, s) =>
    steps(5).map((k) => ({ run: `run-${String(s)}`, params, tokens, shift: 0.02 * k + 0.05 * s })),
  );
  const growth = [1e-3, 3e-3, 1e-2].map((rate) => ({
    family: 'adamw',
    rate,
    params: sizes,
    coefficients: [-0.6, 0.1, 0.02] as const,
  }));
  return dynamicsFigures({
    ranks: lines.map(({ shift, ...line }) => ({
      ...line,
      ranks: tokens.map((_, k) => 0.95 - shift - 0.2 * (1 - Math.exp(-k / 4))),
    })),
    alignments: lines.map(({ shift, ...line }) => ({
      ...line,
      alignments: tokens.map((_, k) => 1 - (0.6 + shift) * Math.exp(-k / 3)),
    })),
    rates: sizes.map((params) => ({
      family: 'adamw',
      params,
      tokens: 20 * params,
      batch: 8,
      rates: [1e-4, 3e-4, 1e-3, 3e-3, 1e-2],
      losses: [4.1, 3.7, 3.5, 3.6, null].map((loss) => (loss === null ? null : loss - 0.1 * Math.log10(params))),
      startLoss: 5,
      sensitivity: 0.2,
    })),
    growth: growth.flatMap((line, k) => [
      {
        ...line,
        quantity: 'max_attention_logit' as const,
        values: sizes.map((size) => (k + 1) * 2 * (size / 1e5) ** 0.4),
        threshold: 1e4,
        unstableFrom: 3e9,
      },
      {
        ...line,
        quantity: 'gradient_rms' as const,
        values: sizes.map((size) => (0.001 / (k + 1)) * (size / 1e5) ** -0.4),
        coefficients: [-2, -0.2, -0.02] as const,
        threshold: 1e-8,
        unstableFrom: null,
      },
    ]),
    law: sizes.map((params, k) => ({ family: 'adamw', params, final: 0.05 / (k + 1), best: 0.03 / (k + 1) })),
    noise: sizes.map((params, s) => ({
      run: `run-${String(s)}`,
      params,
      losses: tokens.map((_, k) => 5 * 0.95 ** k),
      noise: tokens.map((_, k) => 500 * 1.4 ** k * (s + 1)),
    })),
    batches: [
      {
        family: 'adamw',
        params: 4e5,
        rungs: [5, 4.5, 4, 3.5].map((loss, k) => ({ loss, criticalBatch: 700 * 2.1 ** k })),
      },
    ],
  });
}

/** Loss over tokens of several sizes with the law of all but the largest, as `npm run ladder` draws it. */
function exampleLadder(): TitledFigure {
  const sizes = steps(6).map((k) => 8400 * 3 ** k);
  const place = sizePlaces(sizes);
  const courses = sizes.flatMap((params) => {
    const x = steps(8).map((k) => 2 ** k * 1e6);
    const y = x.map((tokens) => 1.4 + 30 / params ** 0.35 + 60 / tokens ** 0.3);
    const name = `${String(params)} parameters`;
    return [
      { name, x, y, place: place(params) },
      { name: `law, ${name}`, x, y: y.map((loss) => 1.01 * loss), place: place(params), isLaw: true },
    ];
  });
  const figure = coursesFigure(courses, {
    title: 'Ladder',
    subtitle: 'points: runs · dashed: the law of all but the largest size',
    xaxis: (range) => logAxis({ quantity: 'tokens', range: padRange(range) }),
    yaxis: (range) => logAxis({ quantity: 'loss', range: padRange(range) }),
    hover: { x: 'tokens', y: 'loss' },
  });
  return { id: 'ladder', description: 'Loss over tokens.', figure };
}

/** Laws without runs: a curve for each value of an input, and one alone. */
function exampleLaws(): TitledFigure[] {
  return ['precision', 'downstream-sigmoid'].map((id) => {
    const law = findLaw(id);
    const { params, inputs } = lawCases[id];
    const view = { params, source: 'example coefficients', ranges: inputs };
    return { id: `law-${id}`, description: describeLawView(law, view), figure: lawFigure(law, view) };
  });
}

/** Plans of least loss, with limits that take turns, and of least cost. */
function examplePlans(): TitledFigure[] {
  const requests = { loss: { flops: 5.76e23, maxTokens: 2e12 }, cost: { targetLoss: 2.1, inferenceTokens: 1e12 } };
  return Object.entries(requests).map(([id, request]) => ({
    id: `plan-${id}`,
    description: planFigureTitle.description,
    figure: planFigure(planRun(bootstrappedFit(), request)),
  }));
}

/** A run half-way with a band, a forecast, a target and alarms; one of which nothing is known; and one before its first row. */
function exampleWatches(): TitledFigure[] {
  const family = simulateFamily(8, { rows: 60 });
  const run = { params: 1.5e9, plannedTokens: 3e10, seed: 8999, rows: 120 };
  const curve = curveUpTo(simulateCurve({ ...run, fault: 'spike' }), 2.1e10);
  const bare = curveUpTo(simulateCurve(run), 1.5e10);
  const band = bandShares.map((share): BandPoint => {
    const loss = 2.39 + 0.25 * (1 - share);
    return { share, tokens: share * 3e10, loss, lower: loss - 0.05, upper: loss + 0.05, from: 'law', reason: null };
  });
  const ofRuns = [
    ['watch', watchRun(curve, { family, band, target: 2.45 }), curve],
    ['watch-end', watchRun(bare, { family, band: band.slice(9) }), { ...bare, gradientNorm: null }],
    ['watch-waiting', watchRun(curveUpTo(bare, 0), { band }), curveUpTo(bare, 0)],
  ] as const;
  return ofRuns.map(([id, state, run]) => ({ id, description: describeWatch, figure: watchFigure(state, run) }));
}

/** Curves under several schedules, measured and not, and the schedules themselves. */
function exampleSchedules(): TitledFigure[] {
  const fit = publishedCoefficients(multiPower, multiPower.published[0]);
  const curves = ['cosine', 'wsd', 'wsdld', 'wsdcon'].map((kind) =>
    predictCurve(fit, parseSchedule(`${kind}:steps=2400,peak=3e-4,warmup=216`)),
  );
  const panels = curves.map((curve, k) => {
    const points = curve.points.map((point) => ({
      ...point,
      interval: [0.99 * point.loss, 1.01 * point.loss] as const,
    }));
    const loss = points.map((point, i) => point.loss * (1 + 0.001 * Math.sin(7 * i)));
    return k === 3
      ? { curve, measured: null }
      : { curve: { ...curve, points }, measured: { step: points.map(({ step }) => step), loss } };
  });
  const drawn = curves.map(({ schedule, points, final }, k) => ({
    ...{ name: schedule.kind, schedule, points, loss: final.loss },
    ...(k === 0 ? {} : { gain: '+0.001' }),
  }));
  return [
    { id: 'curve-panels', description: 'Curves.', figure: curvePanels(panels) },
    { id: 'schedule', description: 'Schedules.', figure: scheduleFigure(drawn) },
  ];
}

/** A figure of every builder that there is. */
export async function everyFigure(): Promise<TitledFigure[]> {
  const runs = await chinchilla240();
  const fit = fitLaw(chinchilla, runs);
  const profiles = ['alpha', 'beta', 'E', 'a'].map((name) => profileParam(fit, name, { points: 21 }));
  const pair = profilePairFigure(fit, profiles);
  const [a, b] = fitBoth(simulateRuns([truth, faster(1.4)], { sd: 0.004, seed: 1 }));
  const comparison = await compareFamilies(a, b, { names: ['adamw', 'muon'], resamples: 60, targets: [1e22] });
  const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e20, 3e20, 1e21] });
  const ofFits = [
    ['runs', bootstrappedFit()],
    ['curves', await wholeFit()],
    ['published', publishedFit()],
  ] as const;
  const description = 'What is seen.';
  return [
    ...ofFits.flatMap(([what, fit]) =>
      buildFigures(fit).flatMap(({ definition: { id, description }, figure }) =>
        figure === null ? [] : [{ id: `${id}-${what}`, description, figure }],
      ),
    ),
    { id: 'profiles', description, figure: profileFigure(profiles) },
    ...(pair === null ? [] : [pair]),
    { id: 'multiplier', description, figure: multiplierFigure(comparison) },
    { id: 'backtest', description, figure: backtestFigure(backtest, backtest.laws[0], runs) },
    { id: 'matrix', description, figure: matrixFigure(await exampleMatrix()) },
    {
      id: 'overlay',
      description,
      figure: overlayFigure([
        { name: 'ours', fit: chinchillaFit() },
        { name: 'published', fit: publishedFit() },
      ]),
    },
    ...examplePlans(),
    {
      id: 'next',
      description,
      figure: nextRunsFigure(
        chinchillaFit(),
        nextRuns(chinchillaFit(), { target: { flops: 1e24 }, budget: 1e22, batch: 3 }),
      ),
    },
    ...exampleDynamics(),
    exampleLadder(),
    ...exampleWatches(),
    ...exampleLaws(),
    ...observationFigures(observe(publicModels, { task: 'GSM8K', cutoff: 8.4e22, resamples: 6 })),
    ...exampleSchedules(),
  ];
}
