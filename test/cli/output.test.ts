import { readFile, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { besiroglu, chinchilla, folderWith, isoflop, outcomeOf, publishedFit, runsCsv, start } from './run.ts';

const commands: Readonly<Record<string, readonly string[]>> = {
  fit: [
    ...['--law', '--columns', '--objective', '--delta', '--where', '--from-fraction', '--start', '--covariance'],
    ...[
      '--bootstrap',
      '--group',
      '--confidence',
      '--fix',
      '--tie',
      '--seed',
      '--solver',
      '--out',
      '--json',
      '--strict',
    ],
  ],
  predict: ['--params', '--tokens', '--flops', '--points', '--json'],
  allocate: ['--flops', '--approach', '--noise', '--resamples', '--seed', '--json'],
  plot: ['--figure', '--out'],
  laws: ['--json'],
  serve: ['--host', '--port', '--data', '--fits'],
};

it('help begins with an example and lists the commands and every option of the contract', async () => {
  const [general, ...each] = await Promise.all([
    isoflop(['--help']),
    ...Object.keys(commands).map((command) => isoflop([command, '--help'])),
  ]);
  expect(general).toMatchObject({ status: 0, stderr: '' });
  expect(general.stdout).toMatch(/^Example:\n {2}isoflop fit /);
  for (const command of Object.keys(commands)) expect(general.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  for (const [k, [command, options]] of Object.entries(commands).entries()) {
    const { status, stdout } = each[k];
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Example:\n {2}isoflop ${command}`));
    for (const option of options) expect(stdout).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
  }
});

it('writes results to stdout and warnings to stderr, in words and as JSON', async () => {
  const far = ['predict', publishedFit, '--params', '70B', '--tokens', '1.4T'];
  const [words, json, version] = await Promise.all([isoflop(far), isoflop([...far, '--json']), isoflop(['--version'])]);
  expect(words.status).toBe(0);
  expect(words.stdout).toContain('1.9739');
  expect(words.stderr).toMatch(/^warning: .*\[INTERVAL_UNAVAILABLE\]$/m);
  expect(json.stdout.startsWith('{\n')).toBe(true);
  expect(JSON.parse(json.stdout)).toMatchObject({ points: [{ interval: null }] });
  expect(json.stderr).toBe(words.stderr);
  expect(version).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
  });
});

it('--strict ends with 3 where a warning of level error is raised, and only there', async () => {
  const folder = await folderWith({ 'exact.csv': runsCsv([1e8, 1e9], [1e9, 1e10]).replace(/$/, '3e8,5e9,3.9\n') });
  const [strict, relaxed, clean] = await Promise.all([
    isoflop(['fit', 'exact.csv', '--strict', '--json'], { cwd: folder }),
    isoflop(['fit', 'exact.csv', '--json'], { cwd: folder }),
    isoflop(['fit', chinchilla, ...besiroglu, '--strict', '--json']),
  ]);
  expect([strict.status, relaxed.status, clean.status]).toEqual([3, 0, 0]);
  expect(strict.stderr).toMatch(/^error: .*\[NO_DEGREES_OF_FREEDOM\]$/m);
  expect(JSON.parse(strict.stdout)).toMatchObject({
    warnings: expect.arrayContaining([
      expect.objectContaining({ code: 'NO_DEGREES_OF_FREEDOM', level: 'error' }),
    ]) as unknown,
  });
});

it('uses no colours in a pipe, with or without NO_COLOR', async () => {
  const outcomes = await Promise.all([
    isoflop(['fit', chinchilla]),
    isoflop(['fit', chinchilla, '--no-calibration'], { env: { NO_COLOR: '1' } }),
    isoflop(['laws']),
    isoflop(['fit', chinchilla, '--law', 'nope']),
  ]);
  for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain('\u001B');
  expect(outcomes[0].stdout).toContain('Parameters, 95% intervals');
});

it('a reader that leaves early is no error', async () => {
  const folder = await folderWith();
  const saved = `${folder}/fit.json`;
  const commands: readonly (readonly [readonly string[], string])[] = [
    [['laws', '--json'], ''],
    [['fit', '--help'], ''],
    [['fit', chinchilla, '--where', 'loss < 3.44', '--no-calibration', '--json', '--out', saved], `saved ${saved}\n`],
  ];
  for (const [args, stderr] of commands) {
    const child = start(args);
    child.stdout?.destroy();
    const outcome = await outcomeOf(child);
    expect(outcome.status).toBe(0);
    // The data have their warnings, which are no fault of the reader.
    expect(outcome.stderr.replaceAll(/^warning: .*\n/gm, '')).toBe(stderr);
  }
});

it('draws a self-contained page, in a new folder if need be, and says what it leaves out', async () => {
  const folder = await folderWith();
  const { status, stdout, stderr } = await isoflop(['plot', publishedFit, '--out', 'new/figures.html'], {
    cwd: folder,
  });
  expect(status).toBe(0);
  expect(stdout).toBe('new/figures.html\n');
  expect(stderr).toMatch(/^left out residuals: /);
  expect(await readdir(`${folder}/new`)).toEqual(['figures.html']);
  const html = await readFile(`${folder}/new/figures.html`, 'utf8');
  expect(html).toMatch(/plotly\.js v\d/);
  for (const figure of ['frontier', 'isoflop', 'contour']) expect(html).toContain(`<div id="${figure}"`);
  const markup = html.replace(/(<script\b[^>]*>).*?<\/script>/gs, '$1');
  expect(markup.length).toBeLessThan(html.length / 100);
  expect(markup).not.toMatch(/\bsrc=|\bhref=|url\(|@import|https?:/);
});
