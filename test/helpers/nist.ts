import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The models, as a user of `isoflop fit --law` writes them. */
const exponentials = 'y ~ b1*exp(-b2*x) + b3*exp(-b4*x) + b5*exp(-b6*x)';
const gaussians = 'y ~ b1*exp(-b2*x) + b3*exp(-(x-b4)^2/b5^2) + b6*exp(-(x-b7)^2/b8^2)';
const cubics = 'y ~ (b1 + b2*x + b3*x^2 + b4*x^3)/(1 + b5*x + b6*x^2 + b7*x^3)';
export const nistModels: Readonly<Record<string, string>> = {
  Bennett5: 'y ~ b1*(b2 + x)^(-1/b3)',
  BoxBOD: 'y ~ b1*(1 - exp(-b2*x))',
  Chwirut1: 'y ~ exp(-b1*x)/(b2 + b3*x)',
  Chwirut2: 'y ~ exp(-b1*x)/(b2 + b3*x)',
  DanWood: 'y ~ b1*x^b2',
  ENSO: 'y ~ b1 + b2*cos(2*pi*x/12) + b3*sin(2*pi*x/12) + b5*cos(2*pi*x/b4) + b6*sin(2*pi*x/b4) + b8*cos(2*pi*x/b7) + b9*sin(2*pi*x/b7)',
  Eckerle4: 'y ~ (b1/b2)*exp(-0.5*((x - b3)/b2)^2)',
  Gauss1: gaussians,
  Gauss2: gaussians,
  Gauss3: gaussians,
  Hahn1: cubics,
  Kirby2: 'y ~ (b1 + b2*x + b3*x^2)/(1 + b4*x + b5*x^2)',
  Lanczos1: exponentials,
  Lanczos2: exponentials,
  Lanczos3: exponentials,
  MGH09: 'y ~ b1*(x^2 + x*b2)/(x^2 + x*b3 + b4)',
  MGH10: 'y ~ b1*exp(b2/(x + b3))',
  MGH17: 'y ~ b1 + b2*exp(-x*b4) + b3*exp(-x*b5)',
  Misra1a: 'y ~ b1*(1 - exp(-b2*x))',
  Misra1b: 'y ~ b1*(1 - (1 + b2*x/2)^(-2))',
  Misra1c: 'y ~ b1*(1 - (1 + 2*b2*x)^(-0.5))',
  Misra1d: 'y ~ b1*b2*x/(1 + b2*x)',
  Nelson: 'log(y) ~ b1 - b2*x1*exp(-b3*x2)',
  Rat42: 'y ~ b1/(1 + exp(b2 - b3*x))',
  Rat43: 'y ~ b1/(1 + exp(b2 - b3*x))^(1/b4)',
  Roszman1: 'y ~ b1 - b2*x - atan(b3/(x - b4))/pi',
  Thurber: cubics,
};

/** A problem with its certified answer. */
export interface NistProblem {
  readonly columns: Readonly<Record<string, number[]>>;
  readonly starts: readonly Readonly<Record<string, number>>[];
  readonly params: Readonly<Record<string, number>>;
  readonly deviations: Readonly<Record<string, number>>;
  readonly residualSumOfSquares: number;
}

const folder = join(import.meta.dirname, '../fixtures/nist');

/** Names of the problems. */
export const nistProblems = readdirSync(folder)
  .filter((file) => file.endsWith('.dat'))
  .map((file) => file.replace('.dat', ''));

/** Reads a problem from its file. */
export function readNist(name: string): NistProblem {
  const text = readFileSync(join(folder, `${name}.dat`), 'utf8');
  const lines = text.split('\n');
  const table = lines.filter((line) => /^\s*b\d+\s*=/.test(line)).map((line) => line.trim().split(/\s*=\s*|\s+/));
  const column = (k: number) => Object.fromEntries(table.map((row): [string, number] => [row[0], Number(row[k])]));
  const [first, last] = (/Data\s+\(lines\s+(\d+)\s+to\s+(\d+)\)/.exec(text) ?? []).slice(1).map(Number);
  const rows = lines.slice(first - 1, last).map((line) => line.trim().split(/\s+/).map(Number));
  const inputs = rows[0].length === 2 ? ['x'] : ['x1', 'x2'];
  return {
    columns: Object.fromEntries(['y', ...inputs].map((key, k) => [key, rows.map((row) => row[k])])),
    starts: [column(1), column(2)],
    params: column(3),
    deviations: column(4),
    residualSumOfSquares: Number(/Residual Sum of Squares:\s+(\S+)/.exec(text)?.[1]),
  };
}
