import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as Everything from '../../src/browser/all.ts';
import type * as Start from '../../src/browser/index.ts';
import { launchChromium } from './chromium.ts';

/** `isoflop/browser` in a real browser, against the same program in Node. */
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
let browser: Browser;
/** The built package in Node, which is loaded faster than its source. */
let node: typeof Everything;

beforeAll(async () => {
  node = (await import(/* @vite-ignore */ `${dist}index.js`)) as typeof Everything;
  browser = await launchChromium();
});
afterAll(() => browser.close());

interface Answer {
  readonly sha256: string;
  readonly params: Record<string, number>;
  readonly errors: (number | null)[];
  readonly prediction: (number | undefined)[];
  readonly allocation: number[];
}

/** From the text of a CSV to a plan. The page runs it too, from its source text, so nothing around it is in sight. */
async function program(isoflop: typeof Start, csv: string): Promise<Answer> {
  const { allocate, chinchilla, estimateCovariance, fitLaw, groupRows, paramValues, parseRuns, predictLoss } = isoflop;
  const runs = await parseRuns(csv, { where: 'loss < 3.44' });
  const fitted = fitLaw(chinchilla, runs);
  const covariance = estimateCovariance(fitted, groupRows(fitted), 'sandwich');
  const fit = isoflop.summarizeFit(fitted, { covariance });
  const { loss, lower, upper } = predictLoss(fit, { params: [70e9], tokens: [1.4e12] });
  const plan = allocate(fit, 5.76e23);
  return {
    sha256: runs.sources[0].sha256,
    params: paramValues(fit),
    errors: Object.values(fit.params).map(({ stderr }) => stderr),
    prediction: [loss[0], lower?.[0], upper?.[0]],
    allocation: [plan.params, plan.tokens, plan.loss],
  };
}

/** What the page does once it has loaded the rest: figures, other laws, a formula, and quoted fields. */
async function rest(isoflop: typeof Everything, csv: string): Promise<unknown> {
  const runs = await isoflop.parseRuns(csv, { where: 'loss < 3.44' });
  const fitted = ['chinchilla', 'skaling', 'loss ~ E + A/params^alpha'].map((law) => {
    const found = isoflop.fitLaw(
      law.includes('~')
        ? isoflop.formulaLaw(isoflop.describeFormula(law, { columns: ['params', 'tokens', 'loss'] }))
        : isoflop.findLaw(law),
      runs,
    );
    const covariance = isoflop.estimateCovariance(found, isoflop.groupRows(found), 'sandwich');
    return isoflop.summarizeFit(found, { covariance });
  });
  const { data, layout } = isoflop.buildFigure(fitted[0], 'frontier');
  const quoted = await isoflop.parseRuns('"N, all",D,loss\n"1e9","2e10",2.5\n', { columns: { params: 'N, all' } });
  return JSON.parse(
    JSON.stringify({
      values: fitted.map((fit) => isoflop.predictLoss(fit, { params: [1e9], tokens: [2e10] }).loss[0]),
      traces: data.length,
      title: layout.title,
      quoted: quoted.quantities.params?.[0],
      report: isoflop.formatReport(fitted[0]).length > 500,
    }),
  ) as unknown;
}

/** Equal but for the last digits, in which two versions of V8 may differ. */
function expectClose(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number')
    expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-7 * Math.abs(expected));
  else if (typeof expected !== 'object' || expected === null) expect(actual).toEqual(expected);
  else {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Record<string, unknown>)[key], value);
  }
}

// Without https, but for this machine itself, a page has no SHA-256 of the browser.
it.each([
  ['http://localhost/', true],
  ['http://isoflop.test/', false],
])('a page at %s fits, predicts and plans like Node', async (site, isSafe) => {
  const csv = await readFile('data/chinchilla.csv', 'utf8');
  const page = await browser.newPage();
  const loaded: string[] = [];
  await page.route(`${site}**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>isoflop</title>' });
    loaded.push(name.replace(/-[\w-]+\.js$/, ''));
    return route.fulfill({ contentType: 'text/javascript', body: await readFile(`${dist}browser/${name}`) });
  });
  await page.goto(site);
  const run = (entry: string, code: string): Promise<unknown> =>
    page.evaluate(
      `(async () => (${code})(await import(${JSON.stringify(`${site}${entry}.js`)}), ${JSON.stringify(csv)}))()`,
    );
  expectClose(await run('index', program.toString()), await program(node, csv));
  expect(loaded).not.toContain('all.js');
  expect(loaded.includes('sha2')).toBe(!isSafe);
  if (isSafe) expectClose(await run('all', rest.toString()), await rest(node, csv));
  await page.close();
});
