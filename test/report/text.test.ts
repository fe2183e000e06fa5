import { describe, expect, it } from 'vitest';
import { createWarning } from '../../src/core/warnings.ts';
import type { Fit } from '../../src/fit/result.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { formatAllocation, formatPrediction, formatReport } from '../../src/report/text.ts';
import { bootstrappedFit, chinchillaFit, fitOf, flopsFit, publishedFit } from '../plots/exampleFit.ts';

/** Lines of one section of a report, without its heading. */
function section(report: string, heading: string): string[] {
  const lines = report.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  if (start === -1) return [];
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end === -1 ? lines.length : end);
}

const withParam = (fit: Fit, name: string, change: Partial<Fit['params'][string]>): Fit => ({
  ...fit,
  params: { ...fit.params, [name]: { ...fit.params[name], ...change } },
});

describe('the report of a fit', () => {
  const fit = chinchillaFit();
  const report = formatReport(fit);

  it('begins with the law, in symbols and in numbers', () => {
    expect(report.split('\n').slice(0, 4)).toEqual([
      'Chinchilla: loss from parameters and tokens (chinchilla)',
      '  L(N, D) = E + A/N^alpha + B/D^beta',
      '  L = 1.817 + 477.8/N^0.3473 + 2143/D^0.3672',
      '  N in parameters, D in tokens, L in nats per token',
    ]);
  });

  it('gives the objective to the digits that comparisons need, and the certificate', () => {
    const lines = section(report, 'Fit');
    expect(lines).toContain('  objective    log-huber, delta 0.001: 0.0010182740178, summed over 45 points');
    expect(lines).toContain('  residuals    0.5% root mean square of ln(observed / predicted)');
    expect(lines).toContain('  search       newton; 11 of 12 seeds reached this optimum');
    expect(lines).toContain('  certificate  largest gradient 1e-12, condition number 1.2e6');
  });

  it('prints a parameter as value +/- stderr (percent) [interval]', () => {
    const lines = section(report, 'Parameters');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^ {2}E +1\.81722 {2}\+\/- 0\.0257 +\(1\.41%\) {2}\[1\.766, 1\.869\] +irreducible loss$/);
    expect(lines[3]).toMatch(/^ {2}alpha +0\.347311 {2}\+\/- 0\.0154 +\(4\.43%\) {2}\[0\.3165, 0\.3781\]/);
  });

  it('says where the errors come from', () => {
    expect(report).toContain('Parameters, 95% intervals from the sandwich covariance, 40 degrees of freedom');
    expect(formatReport(bootstrappedFit())).toContain(
      'Parameters, 95% intervals from a bootstrap of 202 resamples by run (45 groups), seed 4, 200 of them certified',
    );
  });

  it('lists correlations above 0.9 in fitted coordinates, strongest first, and no others', () => {
    expect(section(report, 'Correlations above 0.9')).toEqual(['  ln B, beta   0.9998', '  ln A, alpha  0.9997']);
  });

  it('plans at the largest compute of the data and at 10, 100 and 1000 times that', () => {
    const lines = section(report, 'Compute-optimal training, C = 6 N D');
    expect(lines[0]).toBe('  N* grows as C^0.5139, D* as C^0.4861');
    expect(lines).toHaveLength(6);
    [1e21, 1e22, 1e23, 1e24].forEach((flops, k) => {
      const plan = allocate(fit, flops);
      const ratio = (value: number | undefined): string => String(Number(value?.toPrecision(3)));
      const [low, high] = plan.intervals.tokensPerParam ?? [];
      expect(lines[k + 2]).toMatch(new RegExp(`^ {2}1e${String(21 + k)} `));
      expect(lines[k + 2]).toContain(`${ratio(plan.tokensPerParam)} [${ratio(low)}, ${ratio(high)}]`);
      expect(lines[k + 2]).toContain(`${plan.loss.toPrecision(4)} [`);
    });
    expect(lines[2]).toContain('largest in data');
    expect(lines[5]).toContain('1000x');
  });

  it('has no line that ends in spaces, and no color unless asked for', () => {
    for (const line of report.split('\n')) expect(line).toBe(line.trimEnd());
    expect(report).not.toContain('\u001b');
    const colored = formatReport(fit, { color: true });
    expect(colored).toContain('\u001b[32mconverged\u001b[0m');
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(report);
  });
});

it('tells what was read, computed and dropped', () => {
  const fit = chinchillaFit();
  const data: Fit['data'] = {
    ...fit.data,
    rows: 52,
    used: 45,
    dropped: [
      { rows: 5, why: '--where loss < 4' },
      { rows: 2, why: 'blank or NaN loss' },
    ],
    sizes: 45,
    conventions: {
      columns: { params: 'Model Size', flops: 'Training FLOP' },
      derived: { tokens: 'flops / (6 params)' },
      flopsPerParamToken: 6,
    },
  };
  const lines = section(formatReport({ ...fit, data }), 'Data');
  expect(lines).toContain('  source       chinchilla.csv (sha256 abababababab)');
  expect(lines).toContain('  used         45 of 52 rows');
  expect(lines).toContain('  dropped      5 rows: --where loss < 4');
  expect(lines).toContain('  dropped      2 rows: blank or NaN loss');
  expect(lines).toContain('  columns      params from "Model Size", flops from "Training FLOP"');
  expect(lines).toContain('  derived      tokens = flops / (6 params)');
  expect(lines).toContain('  compute      C = 6 N D (FLOP)');
  expect(lines.join('\n')).toContain('flops 1e19 to 1e21');
});

describe('the runs that were kept', () => {
  const kept = (runs: Fit['data']['runs'], weights: Fit['settings']['weights']): string[] => {
    const fit = chinchillaFit();
    const shown = { ...fit, data: { ...fit.data, used: 1140, runs }, settings: { ...fit.settings, weights } };
    return section(formatReport(shown, { width: 200 }), 'Data').filter((line) => /^ {2}(kept|weights) /.test(line));
  };

  it('are told with their checkpoints and weights', () => {
    const runs = { count: 60, fewest: 14, median: 16.5, most: 27 };
    expect(kept(runs, 'none')).toEqual(['  kept         1,140 rows of 60 runs, 14 to 27 each (median 16.5)']);
    expect(kept({ count: 1140, fewest: 1, median: 1, most: 1 }, 'run')).toEqual([
      '  kept         1,140 rows of 1,140 runs, 1 row each; every run counts the same',
    ]);
  });

  it('are not told where rows carry none, but weights are', () => {
    expect(kept(null, 'none')).toEqual([]);
    expect(kept(null, 'given')).toEqual(['  weights      rows have weights of their own']);
  });
});

describe('a parameter without an error bar', () => {
  const line = (fit: Fit, name: string): string =>
    section(formatReport(fit), 'Parameters').find((text) => text.startsWith(`  ${name} `)) ?? '';
  const fit = chinchillaFit();
  const bare = { stderr: null, interval: null } as const;

  it('is fixed', () => {
    expect(line(withParam(fit, 'alpha', { ...bare, state: 'fixed' }), 'alpha')).toMatch(/0\.347311 {2}\(fixed\)/);
  });

  it('is tied, and then has the error of the other', () => {
    const tied = { ...fit, settings: { ...fit.settings, tied: { beta: 'alpha' } } };
    expect(line(withParam(tied, 'beta', { state: 'tied' }), 'beta')).toMatch(/\+\/- 0\.0206 .*\(tied to alpha\)/);
    expect(section(formatReport(tied), 'Correlations')).toEqual(['  ln A, alpha  0.9997']);
  });

  it.each([
    [{ state: 'off' as const }, {}, 'no error bar: its term is switched off'],
    [{ state: 'bound' as const }, {}, 'no error bar: it ended at its bound'],
    [{}, {}, 'no error bar: the data do not determine it'],
    [{}, { status: 'stalled' as const }, 'no error bar: the search did not end at a certified optimum'],
    [
      {},
      { covariance: { kind: 'sandwich' as const, matrix: null, degreesOfFreedom: 0 } },
      'no error bar: no degrees of freedom are left',
    ],
    [
      {},
      { covariance: { kind: 'sandwich' as const, matrix: null, degreesOfFreedom: 9 } },
      'no error bar: the curvature at the optimum is singular',
    ],
  ])('says why: %j %j', (change, rest, why) => {
    expect(line(withParam({ ...fit, ...rest }, 'B', { ...bare, ...change }), 'B')).toContain(why);
  });
});

describe('status and warnings', () => {
  const warnings = [
    createWarning('STDERR_FROM_SANDWICH', 'Errors come from the sandwich.'),
    createWarning('COLLINEAR_ND', 'N and D rise together.'),
    createWarning('FEW_SIZES', 'Only 3 sizes.'),
  ];

  it('puts errors first and every remedy under its warning', () => {
    const lines = section(formatReport(chinchillaFit({ warnings }), { width: 300 }), 'Warnings');
    expect(lines).toEqual([
      '  error    COLLINEAR_ND: N and D rise together.',
      `           -> ${warnings[1].remedy}`,
      '  warning  FEW_SIZES: Only 3 sizes.',
      `           -> ${warnings[2].remedy}`,
      '  info     STDERR_FROM_SANDWICH: Errors come from the sandwich.',
      `           -> ${warnings[0].remedy}`,
    ]);
  });

  it('points from the status to the errors, and gives reasons that are no warnings', () => {
    const fit = chinchillaFit({
      status: 'degenerate',
      reasons: ['N and D rise together.', 'Something else.'],
      warnings,
    });
    expect(section(formatReport(fit), 'Status')).toEqual([
      '  degenerate: a certified optimum, but not every parameter is determined: do not use single',
      '              coefficients.',
      '  - Something else.',
      '  1 error under Warnings below: read them before using this fit.',
    ]);
    expect(section(formatReport(chinchillaFit({ status: 'stalled' })), 'Status')[0]).toContain(
      'do not use these numbers',
    );
  });

  it('says so when there are none', () => {
    expect(section(formatReport(chinchillaFit()), 'Warnings')).toEqual(['  none']);
  });

  it('wraps sentences to the width', () => {
    const long = createWarning('FEW_SIZES', 'word '.repeat(60).trim());
    const lines = section(formatReport(chinchillaFit({ warnings: [long] }), { width: 60 }), 'Warnings');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});

it('predicts at the largest input and beyond for a law of one input', () => {
  const lines = section(formatReport(flopsFit()), 'Predicted loss');
  expect(lines).toHaveLength(5);
  [1e21, 1e22, 1e23, 1e24].forEach((flops, k) => {
    expect(lines[k + 1]).toMatch(new RegExp(`^ {2}1e${String(21 + k)} .* ${(25 * flops ** -0.05).toPrecision(4)}$`));
  });
});

it('leaves the plan out where a term is off', () => {
  const fit = withParam(chinchillaFit({ optimum: null }), 'B', { value: 0 });
  expect(formatReport(fit)).not.toContain('Compute-optimal');
});

it('reports published coefficients, which have no data', () => {
  const report = formatReport(publishedFit());
  expect(section(report, 'Data')).toEqual(['  source       chinchilla.csv (published coefficients, no rows)']);
  expect(section(report, 'Fit')).toEqual([]);
  expect(section(report, 'Compute-optimal training')[2]).toMatch(/^ {2}1e21 /);
});

it('reports a law of one input without data', () => {
  expect(formatReport(fitOf('flops', { A: 25, gamma: 0.05 }, {}))).not.toContain('Predicted loss');
});

it('formats predictions in a table, then the reasons to be careful', () => {
  const text = formatPrediction(predictPoints(chinchillaFit(), [{ params: 70e9, tokens: 1.4e12 }, { flops: 1e20 }]));
  const lines = text.split('\n');
  expect(lines[0]).toBe('params  tokens    flops  loss [interval]          flops / data');
  expect(lines[1]).toMatch(/^ +70B +1\.4T +5\.88e23 {2}1\.97\d\d \[1\.9\d{3}, \d\.\d{4}\] +588x$/);
  expect(lines[2]).toMatch(/inside$/);
  expect(lines[3]).toBe('');
  expect(lines[4]).toMatch(/^ {2}warning {2}EXTRAPOLATION: /);
  const alone = formatPrediction(predictPoints(chinchillaFit(), [{ flops: 1e20 }]));
  expect(alone.split('\n')).toHaveLength(2);
});

it('marks what a prediction does not know', () => {
  const [, line] = formatPrediction(predictPoints(flopsFit(), [{ flops: 1e20 }])).split('\n');
  expect(line).toMatch(/^ +- +- +1e20 {2}2\.5000 +inside$/);
});

it('formats an allocation', () => {
  const fit = chinchillaFit();
  const lines = formatAllocation(allocate(fit, 5.76e23)).split('\n');
  expect(lines[0]).toBe('Compute-optimal training with 5.76e23 FLOP');
  expect(lines[1]).toMatch(/^ {2}params {8}73\.2B \[[\d.]+B, [\d.]+B\]$/);
  expect(lines[2]).toMatch(/^ {2}tokens {8}1\.31T \[/);
  expect(lines[3]).toMatch(/^ {2}tokens\/param {2}17\.9 \[/);
  expect(lines[4]).toMatch(/^ {2}loss {10}1\.9739 \[/);
});
