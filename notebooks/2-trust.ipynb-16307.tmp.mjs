
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
import { backtestFigure, backtestInThreads, backtestLaws, chinchilla, readRuns } from 'isoflop';
import { showFigure, showList, showTable } from 'isoflop/notebook';
const runs = await readRuns('../data/chinchilla.csv', { where: 'loss < 3.44' });
const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e20, 3e20, 1e21], execute: backtestInThreads });
const percent = (share, places = 1) => typeof share === 'number' ? `${(100 * share).toFixed(places)}%` : 'none';
const scores = ({ laws, baselines }) => showTable(['', 'fitted below', 'runs', 'asked about', 'mean error', 'worst', '90% intervals hold', 'their width'], [...laws, ...baselines].flatMap(({ law, splits }) => splits.map((split) => [
    law,
    `${split.cut.toExponential(0).replace('+', '')} FLOP`,
    split.train,
    split.test,
    percent(split.are),
    percent(split.worst),
    percent(split.coverage, 0),
    percent(split.width),
])));
showResult(await (scores(backtest)));
beginCell();
showResult(await (showFigure(backtestFigure(backtest, backtest.laws[0], runs))));
beginCell();
import { fitRuns, predictPoints, stopThreads } from 'isoflop';
const fit = await fitRuns(runs, { law: 'chinchilla', bootstrap: 300, seed: 0 });
await stopThreads();
const { measured, forms } = fit.calibration;
showResult(await (showList([
    `held-out runs asked about, over all backtests: ${measured.runs}`,
    `95% intervals of the coefficients alone hold ${percent(measured.plainCoverage, 0)}`,
    `95% intervals for a new run, calibrated, hold ${percent(measured.coverage, 0)}`,
    `laws that backtest about as well: ${forms.map(({ law }) => law).join(', ')}`,
])));
beginCell();
const halfWidth = (interval) => interval ? `± ${percent(Math.log(interval[1] / interval[0]) / 2)}` : 'none';
const largest = 1.3e22;
showResult(await (showTable(['compute', 'loss by the law', '95%, coefficients', 'loss, calibrated', '95%, a new run', 'backtests that reached as far'], [1, 3, 10, 30, 100, 1000].map((factor) => {
    const [{ loss, interval, calibrated }] = predictPoints(fit, [{ flops: factor * largest }]).points;
    return [
        factor === 1 ? 'largest run' : `${factor} times`,
        loss.toFixed(3),
        halfWidth(interval),
        calibrated?.loss.toFixed(3) ?? '',
        halfWidth(calibrated?.newRun),
        calibrated?.backtests ?? 0,
    ];
}))));
beginCell();
const c4 = await readRuns('../data/gadre.csv', {
    columns: 'params=N,tokens=D,loss=loss_c4_val',
    where: 'dataset == "c4_original"',
});
const harder = await backtestLaws(c4, [chinchilla], { cuts: [1e19, 1e20], execute: backtestInThreads });
await stopThreads();
showResult(await (scores(harder)));
beginCell();
const c4Fit = await fitRuns(c4, { law: 'chinchilla', calibrate: false });
showResult(await (showList(c4Fit.warnings.filter(({ level }) => level !== 'info').map(({ code, message }) => `${code}: ${message}`))));
beginCell();
showResult(await (showFigure(backtestFigure(harder, harder.laws[0], c4))));

process.stdout.write(JSON.stringify(cells), () => process.exit(0));
