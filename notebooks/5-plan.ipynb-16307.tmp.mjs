
import { format as formatted } from 'node:util';
const cells = [];
const beginCell = () => cells.push(null);
const showResult = (value) => {
  const bundle = value?.[Symbol.for('Jupyter.display')]?.();
  cells[cells.length - 1] = bundle ?? (value === undefined ? null : { 'text/plain': formatted(value) });
};
console.log = () => {
  throw new Error('Deno\'s kernel may lose what is printed: show it with showList.');
};
beginCell();
import { allocate, buildFigure, compareApproaches, fitRuns, formatQuantity, predictPoints, readRuns, stopThreads } from 'isoflop';
import { showFigure, showList, showTable } from 'isoflop/notebook';
const runs = await readRuns('../data/chinchilla.csv', { where: 'loss < 3.44' });
const fit = await fitRuns(runs, { law: 'chinchilla', bootstrap: 500, seed: 0 });
await stopThreads();
const budget = 1e24;
const count = (value) => formatQuantity(value);
const ratio = (value) => value.toFixed(1);
const range = (ends, format) => ends === null ? 'none' : ends.map((end) => format(end)).join(' to ');
const plan = allocate(fit, budget);
showResult(await (showTable(['', 'plan', '95% interval'], [
    ['parameters', count(plan.params), range(plan.intervals.params, count)],
    ['tokens', count(plan.tokens), range(plan.intervals.tokens, count)],
    ['tokens per parameter', ratio(plan.tokensPerParam), range(plan.intervals.tokensPerParam, ratio)],
    ['loss', plan.loss.toFixed(3), range(plan.intervals.loss, (value) => value.toFixed(3))],
])));
beginCell();
showResult(await (showFigure(buildFigure(fit, 'isoflop'))));
beginCell();
const { approaches } = compareApproaches(fit, budget, { approaches: [1, 2, 3], resamples: 200 });
showResult(await (showTable(['approach', 'a in N* ~ C^a', 'parameters', '95% interval', 'tokens per parameter'], approaches.map((one) => [
    one.method,
    one.paramsExponent?.toFixed(3) ?? '',
    one.params === null ? '' : count(one.params),
    range(one.intervals.params, count),
    one.tokensPerParam === null ? '' : ratio(one.tokensPerParam),
]))));
beginCell();
showResult(await (showFigure(buildFigure(fit, 'approaches'))));
beginCell();
import { predictLoss } from 'isoflop';
const { E, A, B, alpha, beta } = Object.fromEntries(Object.entries(fit.params).map(([name, { value }]) => [name, value]));
const gamma = (alpha * beta) / (alpha + beta);
const lossOf = (params, tokens) => predictLoss(fit, { params: [params], tokens: [tokens] }).loss[0];
const wasted = (params) => {
    const loss = lossOf(params, budget / (6 * params));
    return `${(100 * (1 - ((loss - E) / (plan.loss - E)) ** (-1 / gamma))).toFixed(1)}%`;
};
const sizes = [
    ...[4, 2, 1.5].map((factor) => [`the plan / ${factor}`, plan.params / factor]),
    ['the plan', plan.params],
    ...[1.5, 2, 4].map((factor) => [`the plan x ${factor}`, plan.params * factor]),
];
showResult(await (showTable(['', 'parameters', 'tokens per parameter', 'loss', 'compute wasted'], sizes.map(([name, params]) => [
    name,
    count(params),
    ratio(budget / (6 * params ** 2)),
    lossOf(params, budget / (6 * params)).toFixed(3),
    wasted(params),
]))));
beginCell();
import { loadFit } from 'isoflop';
const theirs = allocate(await loadFit('../fits/hoffmann-2022.json'), budget);
showResult(await (showList([
    `${count(theirs.params)} parameters with ${ratio(theirs.tokensPerParam)} tokens each waste ${wasted(theirs.params)} of the compute`,
])));
beginCell();
const [at] = predictPoints(fit, [{ flops: budget }], { confidence: 0.9 }).points;
const show = (ends) => ends ? ends.map((end) => end.toFixed(3)).join(' to ') : 'none';
showResult(await (showTable(['', 'loss', '90% interval', 'backtests that reached as far'], [
    ['the law, error of its coefficients', at.loss.toFixed(3), show(at.interval), ''],
    ['a new run, calibrated', at.calibrated.loss.toFixed(3), show(at.calibrated.newRun), at.calibrated.backtests],
])));
beginCell();
showResult(await (showFigure(buildFigure(fit, 'frontier'))));
beginCell();
const tokensFor = (params) => (B / (plan.loss - E - A / params ** alpha)) ** (1 / beta);
const cost = (params, used) => 6 * params * tokensFor(params) + 2 * params * used;
// From the size below which no number of tokens reaches the loss, up to the plan.
const floor = (A / (plan.loss - E)) ** (1 / alpha);
const candidates = Array.from({ length: 2000 }, (_, k) => floor * (plan.params / floor) ** ((k + 1) / 2000));
const rows = [0, 1e12, 1e13, 1e14].map((used) => {
    const params = candidates.reduce((best, one) => (cost(one, used) < cost(best, used) ? one : best));
    return { used, params, tokens: tokensFor(params) };
});
showResult(await (showTable(['tokens of use', 'parameters', 'tokens', 'tokens per parameter', 'training FLOP', 'saved over its life'], rows.map(({ used, params, tokens }) => [
    used === 0 ? 'none' : count(used),
    count(params),
    count(tokens),
    ratio(tokens / params),
    (6 * params * tokens).toExponential(2).replace('+', ''),
    `${(100 * (1 - cost(params, used) / cost(plan.params, used))).toFixed(1)}%`,
]))));
beginCell();
const { params: trained, tokens: trainedOn } = runs.quantities;
const ratios = Array.from(trained, (value, k) => trainedOn[k] / value).sort((a, b) => a - b);
const quantile = (share) => ratio(ratios[Math.floor(share * (ratios.length - 1))]);
showResult(await (showList([
    `tokens per parameter of the runs: ${quantile(0.05)} to ${quantile(0.95)} for nine in ten, at most ${quantile(1)}`,
])));
beginCell();
showResult(await (showFigure(buildFigure(fit, 'contour'))));

process.stdout.write(JSON.stringify(cells), () => process.exit(0));
