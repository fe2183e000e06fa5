import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { chinchilla, folderWith, isoflop, publishedFit, runsCsv } from './run.ts';

const point = ['--params', '1B', '--tokens', '20B'];

/** Arguments, and words that the message has to hold. */
const refused: readonly [string, readonly string[]][] = [
  ['fit', ['No file is named', '--sql']],
  [
    'fit RUNS --lawx chinchilla',
    ["unknown option '--lawx'", 'Did you mean one of --law, --laws?', 'isoflop fit --help'],
  ],
  ['fit RUNS --law chinchila', ['no law "chinchila"', 'Did you mean "chinchilla"?', 'flops-irreducible']],
  ['fit RUNS --objective l2', ['--objective "l2"', 'log-huber']],
  ['fit RUNS --solver lm', ['--solver "lm"', 'ml-levenberg-marquardt']],
  ['fit RUNS --solver ml-levenberg-marquardt', ['not a sum of squares', '--solver newton']],
  ['fit RUNS --covariance none', ["'none' is invalid", 'sandwich, classical']],
  ['fit RUNS --confidence 1.5', ['--confidence "1.5"', 'between 0 and 1']],
  ['fit RUNS --confidence 95', ['--confidence "95"', 'between 0 and 1']],
  ['fit RUNS --bootstrap -3', ['--bootstrap "-3"', 'whole number from 0 to 1000000']],
  ['fit RUNS --bootstrap 1e9', ['--bootstrap', 'whole number from 0 to 1000000']],
  ['fit RUNS --bootstrap many', ['--bootstrap', "'many'", 'number']],
  ['fit RUNS --seed 1.5', ['--seed "1.5"', 'whole number']],
  ['fit RUNS --delta 0', ['--delta "0"', 'positive']],
  ['fit RUNS --from-fraction 2', ['--from-fraction "2"', 'less than 1']],
  ['fit RUNS --flops-per-token 0', ['is 0', 'positive']],
  ['fit RUNS --fix gamma=1', ['--fix: chinchilla has no parameter "gamma"', 'E, A, B, alpha, beta']],
  ['fit RUNS --fix alpha', ['--fix "alpha"', 'name=value']],
  ['fit RUNS --fix alpha=x', ['--fix "alpha=x"', 'number']],
  ['fit RUNS --fix alpha=-1', ['--fix "alpha=-1"', 'between 0 and']],
  ['fit RUNS --tie A=alpha', ['--tie "A=alpha"', 'same kind']],
  ['fit RUNS --start foo=3', ['--start: chinchilla has no parameter "foo"']],
  ['fit RUNS --columns params', ['--columns "params"', 'params=N,tokens=D,loss=L']],
  ['fit RUNS --where loss<', ['--where "loss<"', 'ends too early']],
  ['fit RUNS --where import(1)', ['no function "import"', 'log, log2']],
  ['predict', ["missing required argument 'fit'", 'isoflop predict --help']],
  ['predict nowhere.json --flops 1e21', ['no file "nowhere.json"']],
  ['predict FIT', ['params and tokens', 'nothing is given']],
  ['predict FIT --params 70B', ['only params is given', 'Any two']],
  ['predict FIT --params 70Q --tokens 1', ['--params "70Q"', '70B, 1.4T']],
  ['predict FIT --params 0 --tokens 1', ['--params is 0', 'positive']],
  ['predict FIT --params 1e400 --tokens 1', ['"1e400" is not a finite number']],
  ['predict FIT --params 70B --tokens 1.4T --flops 1e20', ['flops is 1e20', '5.88e23']],
  ['predict FIT --params 1B --points RUNS', ['--points and --params are both given']],
  ['predict FIT --flops 1e21 --confidence 2', ['--confidence "2"', 'between 0 and 1']],
  ['allocate FIT', ["required option '--flops <quantity>'", 'isoflop allocate --help']],
  ['allocate FIT --flops -1', ['--flops is -1', 'positive']],
  ['allocate FIT --flops 1e24 --approach 4', ['--approach "4"', '1 (envelope), 2 (isoFLOP minima) and 3']],
  ['allocate FIT --flops 1e24 --approach 2 --noise loud', ['--noise "loud"', 'auto, rule, data']],
  ['allocate FIT --flops 1e24 --noise 0.01', ['--noise needs --approach', '--approach 1,2,3']],
  ['allocate FIT --flops 1e24 --approach 2 --resamples 0.5', ['resamples "0.5"', 'whole number']],
  ['plot FIT --figure pie', ['no figure "pie"', 'frontier, isoflop, residuals, contour']],
  ['plot FIT --out figure.gif', ['--out "figure.gif"', '.html, .svg, .png, .pdf or .json']],
  ['plot FIT --out x.png --dark --style paper', ['dark on white', '--dark']],
  ['plot FIT --out x.png --width 3.25', ['--width "3.25"', '3.25in']],
  ['plot FIT --out x.png --scale 0', ['--scale "0"', 'positive']],
  ['plot FIT --terminal --json', ["unknown option '--json'"]],
  ['plot FIT --figure residuals', ['"residuals" cannot be drawn', 'no data']],
  ['serve --port 99999', ['--port "99999"', '65535']],
  ['serve --fits nowhere', ['--fits "nowhere"', 'folder of saved fits']],
  ['laws all', ['no law "all"', 'The laws are chinchilla']],
  ['laws chinchilla skaling', ['too many arguments', 'isoflop laws --help']],
  ['fits', ["unknown command 'fits'", 'Did you mean fit?', 'isoflop --help']],
];

it.each(refused)('refuses %s', async (line, words) => {
  const args = line.split(' ').map((word) => word.replace('RUNS', chinchilla).replace('FIT', publishedFit));
  const { status, stdout, stderr } = await isoflop(args, { cwd: await folderWith() });
  expect(stderr).toMatch(/^error: /);
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).not.toContain('\n    at ');
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it('names the row of --points that is wrong', async () => {
  const folder = await folderWith({
    'points.csv': 'name,params,tokens\ngopher,280B,300B\nhalf,,20B\n',
    'text.csv': 'params,tokens\n1B,20B\n2B,lots\n',
    'none.csv': 'params,tokens\n',
  });
  const [half, words, none] = await Promise.all(
    ['points.csv', 'text.csv', 'none.csv'].map((file) =>
      isoflop(['predict', publishedFit, '--points', file], { cwd: folder }),
    ),
  );
  expect(half.stderr).toMatch(/^error: points\.csv, row 2 below the header: .* only tokens is given/);
  expect(words.stderr).toContain('text.csv, line 3, column "tokens": "lots" is not a number');
  expect(none.stderr).toContain('none.csv has a header but no rows');
  expect([half.status, words.status, none.status]).toEqual([2, 2, 2]);
});

it('refuses a saved fit that is truncated or of another format', async () => {
  const text = await readFile(publishedFit, 'utf8');
  const folder = await folderWith({
    'torn.json': text.slice(0, text.length / 2),
    'later.json': text.replace(/"format": \d+/, '"format": 99'),
    'law.json': text.replace('"law": "chinchilla"', '"law": "unheard-of"'),
  });
  const run = (file: string): ReturnType<typeof isoflop> => isoflop(['predict', file, ...point], { cwd: folder });
  const [torn, later, law] = await Promise.all(['torn.json', 'later.json', 'law.json'].map(run));
  expect(torn.stderr).toContain('torn.json is not a whole saved fit');
  expect(later.stderr).toContain('later.json is a saved fit of format 99; this version reads format 1');
  expect(law.stderr).toContain('"unheard-of", which this version does not know');
  expect([torn.status, later.status, law.status]).toEqual([2, 2, 2]);
});

it('has no allocation for a law of one variable, but predicts with it', async () => {
  const folder = await folderWith({ 'runs.csv': runsCsv([1e8, 1e9, 1e10], [1e9, 1e10, 1e11]) });
  const fitted = await isoflop(['fit', 'runs.csv', '--law', 'flops', '--no-calibration', '--out', 'flops.json'], {
    cwd: folder,
  });
  expect(fitted.status).toBe(0);
  const [plan, contour, two, one] = await Promise.all(
    [
      ['allocate', 'flops.json', '--flops', '1e21'],
      ['plot', 'flops.json', '--figure', 'contour'],
      ['predict', 'flops.json', '--params', '1B', '--tokens', '20B', '--json'],
      ['predict', 'flops.json', '--flops', '1.2e20', '--json'],
    ].map((args) => isoflop(args, { cwd: folder })),
  );
  expect(plan).toMatchObject({ status: 2, stdout: '' });
  expect(plan.stderr).toContain('no compute-optimal allocation for flops');
  expect(contour).toMatchObject({ status: 2, stdout: '' });
  expect(contour.stderr).toContain('needs a law of params and tokens');
  const loss = (text: string): number => (JSON.parse(text) as { points: { loss: number }[] }).points[0].loss;
  expect(loss(two.stdout)).toBe(loss(one.stdout));
});
