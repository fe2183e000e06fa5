
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
import { compareFamilies, findLaw, fitLaw, multiplierFigure, nearOptimal, readRuns, splitRuns } from 'isoflop';
import { showFigure, showList, showTable } from 'isoflop/notebook';
const read = (where) => readRuns('../data/porian.csv', {
    columns: 'params=N,tokens=D,flops=flops,loss=loss,family=warmup',
    where: `hparams == "base" and decay == "kaplan" and param_count == "standard" and ${where}`,
});
async function compareBest(where) {
    const [long, short] = splitRuns(await read(where), 'family').map(({ runs }) => fitLaw(findLaw('flops-irreducible'), nearOptimal(runs, { by: ['flops'], within: 0 })));
    return compareFamilies(long, short, { names: ['long', 'short'], pair: 'flops', resamples: 400, targets: [2.56e19] });
}
const showPairs = ({ observed }) => showTable(['compute', 'loss of short against long', 'multiplier'], (observed?.rungs ?? []).map(({ at, difference, multiplier }) => [
    `${at.toExponential(2).replace('+', '')} FLOP`,
    `${(100 * difference).toFixed(2)}%`,
    multiplier?.toFixed(2) ?? 'none',
]));
const small = await compareBest('flops < 1e18');
showResult(await (showPairs(small)));
beginCell();
showResult(await (showList(small.verdict.sentences)));
beginCell();
showResult(await (showFigure(multiplierFigure(small))));
beginCell();
const whole = await compareBest('flops > 0');
showResult(await (showPairs(whole)));
beginCell();
showResult(await (showFigure(multiplierFigure(whole))));
beginCell();
const families = splitRuns(await read('flops > 0'), 'family').map(({ runs }) => fitLaw(findLaw('chinchilla'), runs));
const all = await compareFamilies(families[0], families[1], {
    names: ['long', 'short'],
    resamples: 200,
    targets: [2.56e19],
});
showResult(await (showList([
    ...all.verdict.sentences,
    ...all.warnings.filter(({ level }) => level === 'error').map(({ code, message }) => `${code}: ${message}`),
])));
beginCell();
showResult(await (showFigure(multiplierFigure(all))));

process.stdout.write(JSON.stringify(cells), () => process.exit(0));
