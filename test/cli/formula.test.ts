import { expect, it } from 'vitest';
import { besiroglu, chinchilla, folderWith, isoflop, jsonOf, publishedFit } from './run.ts';
import { readNist } from '../helpers/nist.ts';

interface FitDocument {
  readonly law: string;
  readonly status: string;
  readonly aicc: number;
  readonly objective: { readonly value: number };
  readonly params: Readonly<Record<string, { readonly value: number; readonly stderr: number }>>;
}

const sum = 'loss ~ E + A/params^alpha + B/tokens^beta';
const quick = ['--no-calibration', '--json'];
const start = ['--positive', 'A,B,E', '--start', 'alpha=0.3,beta=0.3'];

it('a formula is fitted, saved, predicted with and allocated with like a law of the list', async () => {
  const folder = await folderWith();
  const saved = `${folder}/formula.json`;
  const fit = await jsonOf<FitDocument>([
    ...['fit', chinchilla, ...besiroglu, '--law', sum, ...start, '--out', saved, '--json'],
  ]);
  expect(fit.law).toBe(sum);
  expect(fit.status).toBe('converged');
  expect(Math.abs(fit.objective.value / 0.0010182740178 - 1)).toBeLessThan(1e-9);
  const predicted = await jsonOf<{ points: { loss: number }[] }>([
    ...['predict', saved, '--params', '70B', '--tokens', '1.4T', '--json'],
  ]);
  expect(predicted.points[0].loss).toBeCloseTo(1.97337, 5);
  const allocated = await jsonOf<{ params: number }>(['allocate', saved, '--flops', '5.76e23', '--json']);
  expect(allocated.params).toBeCloseTo(7.32e10, -9);
  const report = await isoflop(['fit', chinchilla, ...besiroglu, '--law', sum, ...start, '--no-calibration']);
  expect(report.stdout).toContain('loss = 1.817 + 477.8/params^0.3473 + 2143/tokens^0.3672');
});

it('a certified problem of NIST comes out as certified', async () => {
  const { columns, params, deviations } = readNist('Misra1a');
  const csv = ['x,y', ...columns.x.map((x, i) => `${x},${columns.y[i]}`)].join('\n');
  const folder = await folderWith({ 'misra.csv': `${csv}\n` });
  const fit = await jsonOf<FitDocument>([
    ...['fit', `${folder}/misra.csv`, '--law', 'y ~ b1*(1-exp(-b2*x))', '--start', 'b1=500,b2=1e-4'],
    ...['--objective', 'mse', '--covariance', 'classical', ...quick],
  ]);
  for (const name of ['b1', 'b2']) {
    expect(Math.abs(fit.params[name].value / params[name] - 1)).toBeLessThan(1e-9);
    expect(Math.abs(fit.params[name].stderr / deviations[name] - 1)).toBeLessThan(1e-8);
  }
});

it('predicts other responses from other inputs, by their names', async () => {
  const rows = [1, 2, 4, 8, 16, 32].map(
    (x, i) => `${x},${(3 - 2 * Math.exp(-x / 5) + 0.001 * (-1) ** i).toPrecision(8)}`,
  );
  const folder = await folderWith({ 'data.csv': `x,score\n${rows.join('\n')}\n`, 'points.csv': 'x\n3\n64\n' });
  const saved = `${folder}/fit.json`;
  const law = ['--law', 'score ~ a - b*exp(-x/c)', '--start', 'a=1,b=1,c=1', '--objective', 'mse'];
  expect((await isoflop(['fit', `${folder}/data.csv`, ...law, '--out', saved])).status).toBe(0);
  const one = await jsonOf<unknown>(['predict', saved, '--at', 'x=3', '--json']);
  expect(one).toMatchObject({ response: 'score', points: [{ x: 3, score: expect.closeTo(1.9024, 2) as unknown }] });
  const many = await jsonOf<{ points: unknown[] }>(['predict', saved, '--points', `${folder}/points.csv`, '--json']);
  expect(many.points).toHaveLength(2);
  expect((await isoflop(['predict', saved, '--at', 'x=3'])).stdout).toMatch(/score \[of the mean\]/);
  const wrong = await isoflop(['predict', saved, '--at', 'z=3']);
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain('inputs of');
  expect((await isoflop(['predict', saved, '--params', '1B'])).stderr).toContain('--at NAME=VALUE');
});

it('several laws stand side by side, none is called the winner, and one that cannot be fitted says why', async () => {
  const laws = ['chinchilla', 'skaling', 'tokens-irreducible', sum.replace('E + ', '')].join(',');
  const { laws: fits } = await jsonOf<{ laws: FitDocument[] }>([
    ...['fit', chinchilla, ...besiroglu, '--laws', laws, '--json'],
  ]);
  expect(fits.map((fit) => fit.law)).toEqual(laws.split(','));
  const aicc = fits.map((fit) => fit.aicc);
  expect(aicc[1]).toBeLessThan(aicc[0]);
  expect(aicc[0]).toBeLessThan(aicc[2]);
  const { stdout, status } = await isoflop(['fit', chinchilla, ...besiroglu, '--laws', laws]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/law +status +free params +objective +AICc +AICc - lowest/);
  expect(stdout).toMatch(/does not say\s+which law predicts larger runs/);
  expect(stdout).not.toMatch(/winner|best law/i);

  const folder = await folderWith({
    'same.csv': `params,tokens,loss\n${[1, 2, 3, 4, 5, 6].map((n) => `${n}e8,1e10,${3 - n / 9}`).join('\n')}\n`,
  });
  const mixed = await isoflop(['fit', `${folder}/same.csv`, '--laws', 'chinchilla,params-irreducible']);
  expect(mixed.status).toBe(0);
  expect(mixed.stdout).toMatch(/chinchilla +not fitted/);
  expect(mixed.stdout).toContain('Every run has the same tokens');
});

it.each<[string, string[], RegExp]>([
  [
    'an unknown function',
    ['--law', 'loss ~ E + A*expp(params)'],
    /character 14: there is no function "expp"[^]*\n {2}.*\n {15}\^/,
  ],
  ['an unmatched bracket', ['--law', 'loss ~ E + (A/params^alpha'], /character 12: this bracket is never closed/],
  [
    'a misspelt column',
    ['--law', 'loss ~ E + A/parms^alpha'],
    /character 14: there is no column "parms"[^]*Did you mean "params"/,
  ],
  ['a parameter that cancels', ['--law', 'loss ~ E - E + A/params^a'], /character 8: the parameter "E" cancels/],
  [
    'a pole at the start',
    ['--law', 'loss ~ A/(b - params/params)', '--start', 'A=1,b=1'],
    /character 11: at the start values the divisor is 0/,
  ],
  ['a way out', ['--law', 'loss ~ A*params.constructor("return process")()'], /character 16/],
  ['another way out', ['--law', 'loss ~ process + params'], /character 8: "process" is not a name/],
  ['no response', ['--law', 'E + A/params^alpha'], /response on the left of "~"/],
  ['an equals sign', ['--law', 'loss = E + A/params^alpha'], /response on the left of "~"/],
  ['positive parameters of a listed law', ['--law', 'chinchilla', '--positive', 'A'], /--positive is for formulas/],
  ['a positive name that is none', ['--law', sum, '--positive', 'Z'], /no parameter "Z"/],
  ['laws and a law', ['--law', 'chinchilla', '--laws', 'params,tokens'], /do not go together/],
  ['laws and a file to save to', ['--laws', 'params,tokens', '--out', 'x.json'], /do not go together/],
  ['an unknown law among several', ['--laws', 'params,tokns'], /Did you mean "tokens"/],
])('refuses %s', async (_, flags, message) => {
  const { status, stdout, stderr } = await isoflop(['fit', chinchilla, ...besiroglu, ...flags]);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});

it('fits hyper-parameters to the runs that are nearly the best of their size and tokens', async () => {
  const rows = [1e8, 2e8, 4e8, 8e8].flatMap((n) =>
    [2e9, 8e9, 3.2e10].flatMap((d) =>
      [0.25, 0.5, 1, 2, 4].map((factor) => {
        const rate = 1.8 * n ** -0.7 * d ** 0.3 * factor;
        return `${n},${d},${rate.toPrecision(8)},${(2 + 400 / n ** 0.3 + 0.05 * Math.log(factor) ** 2).toPrecision(10)}`;
      }),
    ),
  );
  const folder = await folderWith({ 'sweep.csv': `params,tokens,lr,loss\n${rows.join('\n')}\n` });
  const fit = await jsonOf<FitDocument & { data: { used: number; dropped: { rows: number }[] } }>([
    ...['fit', `${folder}/sweep.csv`, '--law', 'step-law-learning-rate', '--near-optimal', '0.0025', ...quick],
  ]);
  expect(fit.data.used).toBe(12);
  expect(fit.data.dropped[0].rows).toBe(48);
  expect(fit.params.A.value).toBeCloseTo(1.8, 4);
  expect(fit.params.alpha.value).toBeCloseTo(-0.7, 6);
  expect(fit.params.beta.value).toBeCloseTo(0.3, 6);
  const refused = await isoflop([
    'fit',
    `${folder}/sweep.csv`,
    '--law',
    'step-law-learning-rate',
    '--near-optimal',
    '25',
  ]);
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('--near-optimal "25" is not valid');
});

it('predicts in two steps: the loss, then what a task makes of it', async () => {
  const tasks = [2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.6].map(
    (loss) => `${loss},${(0.25 + 0.5 / (1 + Math.exp(5 * (loss - 2.9)))).toPrecision(9)}`,
  );
  const folder = await folderWith({ 'tasks.csv': `loss,accuracy\n${tasks.join('\n')}\n` });
  const [first, second] = [publishedFit, `${folder}/task.json`];
  expect(
    (await isoflop(['fit', `${folder}/tasks.csv`, '--law', 'downstream-sigmoid', '--no-calibration', '--out', second]))
      .status,
  ).toBe(0);
  const point = ['--params', '1B', '--tokens', '20B'];
  const { points } = await jsonOf<{ points: { loss: number; accuracy: number }[] }>([
    'predict',
    first,
    ...point,
    '--then',
    second,
    '--json',
  ]);
  expect(points[0].accuracy).toBeCloseTo(0.25 + 0.5 / (1 + Math.exp(5 * (points[0].loss - 2.9))), 5);
  expect((await isoflop(['predict', first, ...point, '--then', second])).stdout).toMatch(/^accuracy 0\.\d+\n/);
  const wrong = await isoflop(['predict', first, ...point, '--then', first]);
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
});

it('probes the regime of a scaling', async () => {
  const rows = [1e4, 2e4, 4e4, 8e4, 1.6e5, 3.2e5].map(
    (d, k) => `1e9,${d},${(2 + 1e4 / d + 1e-4 * (-1) ** k).toPrecision(9)}`,
  );
  const folder = await folderWith({ 'runs.csv': `params,tokens,loss\n${rows.join('\n')}\n` });
  const { stdout, status } = await isoflop(['probe', `${folder}/runs.csv`, '--input', 'tokens']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^variance-limited: L - L_inf falls as tokens\^-/);
  expect(await jsonOf(['probe', `${folder}/runs.csv`, '--other', 'none', '--json'])).toMatchObject({
    regime: 'variance-limited',
    rows: 6,
  });
  expect((await isoflop(['probe', `${folder}/runs.csv`, '--input', 'width'])).status).toBe(2);
});
