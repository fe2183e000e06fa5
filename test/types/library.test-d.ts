// What the types of the library promise and refuse. `npm run typecheck` compiles this; nothing runs it.
import { expectTypeOf } from 'vitest';
import {
  allocate,
  buildFigures,
  chinchilla,
  createRuns,
  defineLaw,
  evaluateLaw,
  fitLaw,
  fitRuns,
  IsoflopError,
  laws,
  parseRuns,
  predictLoss,
  readRuns,
  saveFigures,
  type Allocation,
  type BuiltFigure,
  type ErrorCode,
  type Figure,
  type FigureFormat,
  type Fit,
  type FitStatus,
  type FittedParam,
  type Law,
  type Runs,
  type WarningCode,
} from '../../src/index.ts';

declare const fit: Fit;
declare const runs: Runs;
declare const figure: Figure;

// From data to a fit.
expectTypeOf(readRuns).returns.resolves.toEqualTypeOf<Runs>();
expectTypeOf(parseRuns('N,D,loss\n')).resolves.toEqualTypeOf<Runs>();
expectTypeOf(createRuns({ params: Float64Array.of(1e9), tokens: [2e10], family: ['opt'] })).toEqualTypeOf<Runs>();
expectTypeOf(runs.quantities.loss).toEqualTypeOf<Float64Array | undefined>();
expectTypeOf(fitRuns(runs)).resolves.toEqualTypeOf<Fit>();
expectTypeOf(fitLaw(chinchilla, runs).theta).toEqualTypeOf<Float64Array>();

// From a fit to numbers.
expectTypeOf(fit.status).toEqualTypeOf<FitStatus>();
expectTypeOf<FitStatus>().toExtend<string>();
expectTypeOf(fit.params.alpha).toEqualTypeOf<FittedParam>();
expectTypeOf(
  predictLoss(fit, { params: [70e9], tokens: Float64Array.of(1.4e12) }).lower,
).toEqualTypeOf<Float64Array | null>();
expectTypeOf(allocate(fit, 5.76e23)).toEqualTypeOf<Allocation>();
expectTypeOf(laws).toEqualTypeOf<readonly Law[]>();
expectTypeOf(evaluateLaw).returns.toEqualTypeOf<Float64Array>();

// A figure that was built has no reason, and one that was not has one.
declare const built: BuiltFigure;
if (built.figure === null) expectTypeOf(built.reason).toEqualTypeOf<string>();
else expectTypeOf(built.reason).toEqualTypeOf<null>();
expectTypeOf(buildFigures(fit)).toEqualTypeOf<BuiltFigure[]>();
expectTypeOf<FigureFormat>().toEqualTypeOf<'html' | 'svg' | 'png' | 'pdf' | 'json'>();

// The code of an error says what its details are.
expectTypeOf(new IsoflopError('FILE_NOT_FOUND', { file: 'runs.csv' }).details).toEqualTypeOf<{ file: string }>();
expectTypeOf<'LAW_UNKNOWN'>().toExtend<ErrorCode>();
expectTypeOf<'COLLINEAR_ND'>().toExtend<WarningCode>();
// @ts-expect-error -- no such error
new IsoflopError('FILE_LOST', { file: 'runs.csv' });
// @ts-expect-error -- these are the details of another one
new IsoflopError('FILE_NOT_FOUND', { law: 'chinchilla' });

// Results are for reading.
// @ts-expect-error -- a fit does not change
fit.status = 'converged';
// @ts-expect-error -- nor do its parameters
fit.params.alpha = fit.params.beta;
// @ts-expect-error -- nor what is in them
fit.params.alpha.value = 0.34;
// @ts-expect-error -- nor its warnings
fit.warnings[0] = fit.warnings[1];
// @ts-expect-error -- nor the list of laws
laws[0] = chinchilla;
// @ts-expect-error -- nor the columns of runs
runs.quantities.loss = new Float64Array();

// Options that there are not, or not so.
// @ts-expect-error -- a misspelt option
void fitRuns(runs, { bootstraps: 4000 });
// @ts-expect-error -- a number of resamples is no text
void fitRuns(runs, { bootstrap: '4000' });
// @ts-expect-error -- sandwich or classical
void fitRuns(runs, { covariance: 'bootstrap' });
// @ts-expect-error -- cases or wild
void fitRuns(runs, { resampling: 'block' });
// @ts-expect-error -- bounds are pairs
fitLaw(chinchilla, runs, { bounds: { alpha: [0.1] } });
// @ts-expect-error -- a law, not its id
fitLaw('chinchilla', runs);
// @ts-expect-error -- inputs are columns
predictLoss(fit, { params: 70e9, tokens: 1.4e12 });
// @ts-expect-error -- a budget is a number; parseQuantity reads text
allocate(fit, '5.76e23');
// @ts-expect-error -- there is no such format
void saveFigures('figures', [{ id: 'frontier', description: '', figure }], { formats: ['gif'] });
// @ts-expect-error -- a definition lacks almost everything
defineLaw({ id: 'mine' });
