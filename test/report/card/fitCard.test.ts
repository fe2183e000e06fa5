import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createWarning } from '../../../src/core/warnings.ts';
import type { Fit } from '../../../src/fit/result.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import { describeFormula } from '../../../src/laws/formula/formulaLaw.ts';
import { cardFigures, cardHtml, cardMarkdown, fitCard, type Card, type CardTable } from '../../../src/report/index.ts';
import { decodeFit } from '../../../src/report/savedFit.ts';
import { elementsOf, parseMarkup } from '../../helpers/markup.ts';
import { errorOf } from '../../plots/traces.ts';
import { exampleFit } from '../savedFitExample.ts';

const folder = new URL('../../../fits/', import.meta.url);
const saved = readdirSync(folder).filter((name) => name.endsWith('.json'));
const load = (name: string): ReturnType<typeof decodeFit> =>
  decodeFit(readFileSync(new URL(name, folder), 'utf8'), name);

const tablesOf = (card: Card): CardTable[] =>
  card.sections.flatMap(({ blocks }) => blocks).filter((block): block is CardTable => block.kind === 'table');
const textOf = (card: Card, id: string): string => JSON.stringify(card.sections.find((section) => section.id === id));

/** Cells of every table of a Markdown text; a bar behind a backslash is text. */
function markdownTables(text: string): string[][][] {
  return text
    .split('\n\n')
    .filter((part) => part.startsWith('|'))
    .map((part) =>
      part
        .trim()
        .split('\n')
        .map((line) =>
          line
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    );
}

describe.each(saved)('the card of fits/%s', (name) => {
  const fit = load(name);
  const card = fitCard(fit, { command: fit.command });

  it('is a valid page with every section, entry and picture', () => {
    const page = parseMarkup(cardHtml(card, cardFigures(fit)));
    const headings = elementsOf(page, 'h2').map(({ text }) => text);
    for (const { heading } of card.sections) expect(headings).toContain(heading);
    for (const { item } of card.checklist) expect(page.text).toContain(item);
    expect(elementsOf(page, 'svg')).toHaveLength(card.figures.length);
    expect(elementsOf(page, 'h1')).toHaveLength(1);
    expect(page.text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is Markdown whose tables are whole', () => {
    const tables = markdownTables(cardMarkdown(card));
    expect(tables).toHaveLength(tablesOf(card).length + 1);
    for (const rows of tables) {
      expect(rows[1].every((cell) => /^-{3,}:?$/.test(cell))).toBe(true);
      for (const row of rows) expect(row).toHaveLength(rows[0].length);
    }
    expect(tables.at(-1)).toHaveLength(card.checklist.length + 2);
  });

  it('gives the parameters that the fit has', () => {
    const [params] = tablesOf(card);
    expect(params.rows.map(([param]) => param)).toEqual(Object.keys(fit.params));
    for (const [param, value, stderr] of params.rows) {
      expect(Number(value) / fit.params[param].value).toBeCloseTo(1, 5);
      const known = fit.params[param].stderr;
      if (known === null) expect(stderr).toBe('-');
      else expect(Number(stderr) / known).toBeCloseTo(1, 2);
    }
  });

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(card))).toStrictEqual(card);
  });
});

describe('the card of a fit', () => {
  const fit = exampleFit();
  const card = fitCard(fit, { command: 'isoflop fit example.csv' });

  it('gives the plan that allocate gives', () => {
    const plan = tablesOf(card).find(({ columns }) => columns.some(({ name }) => name === 'params N*'));
    const largest = fit.data.ranges.flops?.[1] ?? NaN;
    for (const [k, row] of (plan?.rows ?? []).entries()) {
      const { params, tokensPerParam, loss } = allocate(fit, largest * 10 ** k);
      const number = (cell: string): number =>
        Number(cell.split(' ')[0].replace('B', 'e9').replace('M', 'e6').replace('T', 'e12'));
      expect(number(row[2]) / tokensPerParam).toBeCloseTo(1, 2);
      expect(number(row[3]) / params).toBeCloseTo(1, 1);
      expect(number(row[5]) / loss).toBeCloseTo(1, 3);
    }
    expect(plan?.rows).toHaveLength(4);
  });

  it('says what was left out, how the optimum was certified and how to repeat it', () => {
    expect(textOf(card, 'data')).toContain('2 rows: --where loss < 4');
    expect(textOf(card, 'search')).toContain('12 of 12 starts reached this optimum');
    expect(textOf(card, 'uncertainty')).toContain('400 resamples');
    expect(textOf(card, 'diagnostics')).toContain('The curvature has condition number 1.2e6.');
    expect(card.reproduction).toEqual({
      command: 'isoflop fit example.csv',
      sha256: 'ab'.repeat(32),
      seed: 0,
      version: fit.version,
    });
  });

  it('has an entry with a remedy for all that the record does not know', () => {
    const missing = card.checklist.filter(({ value }) => value === null);
    expect(missing.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'architecture',
        'corpus',
        'schedule',
        'batch',
        'optimizer',
        'count-params',
        'loss',
        'validation',
      ]),
    );
    for (const { id, how } of missing) expect(how).toContain(`--note '${id}=`);
    const known = card.checklist.filter(({ value }) => value !== null).map(({ id }) => id);
    expect(known).toEqual(expect.arrayContaining(['form', 'points', 'objective', 'search', 'bounds', 'count-flops']));
  });

  it('takes notes, beside what the fit says itself', () => {
    const notes = { schedule: 'cosine, warm-up 1%', objective: 'as in the paper', validation: 'checked at 1e23' };
    const noted = fitCard(fit, { notes });
    const value = (id: string): string | null | undefined => noted.checklist.find((entry) => entry.id === id)?.value;
    expect(value('schedule')).toBe('cosine, warm-up 1%');
    expect(value('objective')).toBe('sum of log-huber, delta 0.001; as in the paper');
    expect(textOf(noted, 'validation')).toContain('checked at 1e23');
    expect(noted.verdict.sentence).not.toContain('not validated');
    expect(card.verdict.sentence).toContain('not validated');
  });

  it.each([
    [{ scedule: 'x' }, 'did you mean schedule?'],
    [{ schedule: ' ' }, 'a text after the ='],
  ])('refuses notes that belong nowhere: %o', (notes, hint) => {
    expect(errorOf(() => fitCard(fit, { notes: notes as unknown as Record<string, string> }))).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(hint) as string,
    });
  });
});

describe('the verdict', () => {
  const verdict = (change: Partial<Fit>, notes = {}): Card['verdict'] =>
    fitCard({ ...exampleFit(), ...change }, { notes }).verdict;
  const validated = { validation: '1% off at 10x' };
  const precise = Object.fromEntries(
    Object.entries(exampleFit().params).map(([name, param]) => [name, { ...param, stderr: 0.01 * param.value }]),
  );

  it('is good where nothing speaks against the fit', () => {
    expect(verdict({ params: precise, warnings: [] }, validated)).toEqual({
      level: 'good',
      label: 'Fit to use',
      sentence: 'Converged; 42 points of 3 runs, 6e18 to 1.3e22 FLOP.',
    });
  });

  it('names coefficients that say little by themselves', () => {
    // B is 2143 +/- 1293; A, 478 +/- 124, is known to a quarter.
    expect(verdict({ warnings: [] }, validated).sentence).toContain('do not read B alone');
    const off = { ...precise, beta: { ...precise.beta, stderr: null, state: 'off' as const } };
    expect(verdict({ params: off }, validated).sentence).toContain('do not read beta alone');
  });

  it('is caution for a warning, and bad for an error or a search that stalled', () => {
    expect(verdict({ params: precise, warnings: [createWarning('FEW_SIZES', '4 sizes.')] }, validated).level).toBe(
      'caution',
    );
    const errors = [createWarning('COLLINEAR_ND', 'All runs have one ratio.')];
    expect(verdict({ params: precise, warnings: errors }, validated)).toMatchObject({
      level: 'bad',
      sentence: expect.stringContaining('settle the 1 error under Diagnostics first') as string,
    });
    expect(verdict({ status: 'stalled' }).level).toBe('bad');
    expect(verdict({ status: 'degenerate' }).sentence).toMatch(/^An optimum that does not determine every parameter;/);
  });

  it('counts runs where rows are checkpoints', () => {
    const data = { ...exampleFit().data, runs: { count: 6, fewest: 7, median: 7, most: 7 } };
    expect(verdict({ data }).sentence).toContain('42 points of 6 runs, ');
    expect(textOf(fitCard({ ...exampleFit(), data }), 'data')).toContain('42 rows of 6 runs, 7 rows each');
  });
});

describe('a fit with backtests', () => {
  const split = (cut: number, factor: number): NonNullable<Fit['calibration']>['splits'][number] => ({
    cut,
    train: 20,
    test: 3,
    distances: Float64Array.of(0.1, Math.log(factor)),
    scores: Float64Array.of(0, 1),
  });
  const fit: Fit = {
    ...exampleFit(),
    calibration: {
      holdout: 'flops',
      largest: 1.3e22,
      scale: 'log',
      forms: [],
      rows: Int32Array.of(0),
      runs: null,
      splits: [split(1e20, 12), split(1e21, 5)],
      measured: { nominal: 0.9, runs: 6, coverage: 0.83, plainCoverage: 0.29 },
    },
  };

  it('says how far they reach and what the intervals held', () => {
    const card = fitCard(fit);
    const summary = 'backtests to 12x the known flops, 90% intervals held 83%';
    expect(card.verdict.sentence).toContain(summary);
    expect(card.checklist.find(({ id }) => id === 'validation')?.value).toBe(summary);
    expect(textOf(card, 'validation')).not.toContain('Not validated');
    const table = tablesOf(card).find(({ caption }) => caption.startsWith('Backtests'));
    expect(table?.rows).toEqual([
      ['1e20', '20', '3', '12x'],
      ['1e21', '20', '3', '5x'],
    ]);
  });

  it('keeps a note beside them', () => {
    const card = fitCard(fit, { notes: { validation: 'and a run at 1e23' } });
    expect(textOf(card, 'validation')).toContain('and a run at 1e23');
  });
});

describe('names that come from users', () => {
  const evil = '<script>alert(1)</script>|`x`"\n# h';
  const base = exampleFit();
  const spec = describeFormula('loss ~ E + A/`a<script>b|c`^alpha', { columns: ['a<script>b|c', 'loss'] });
  const hostile: Fit = {
    ...base,
    law: spec.text,
    formula: spec,
    params: { E: base.params.E, A: base.params.A, alpha: base.params.alpha },
    covariance: { ...base.covariance, matrix: null },
    bootstrap: null,
    optimum: null,
    warnings: [createWarning('SUSPECT_UNITS', evil, { remedy: evil })],
    reasons: [evil],
    data: {
      ...base.data,
      source: evil,
      dropped: [{ rows: 2, why: evil }],
      conventions: { ...base.data.conventions, columns: { [evil]: evil }, derived: { flops: evil } },
    },
    settings: { ...base.settings, where: evil },
    fitted: { ...base.fitted, columns: { 'a<script>b|c': base.fitted.columns.params, loss: base.fitted.columns.loss } },
  };
  const card = fitCard(hostile, { notes: { schedule: evil }, command: evil });

  it('are text in HTML', () => {
    const page = parseMarkup(cardHtml(card, cardFigures(hostile)));
    expect(elementsOf(page, 'script')).toEqual([]);
    expect(page.text).toContain('a<script>b|c');
    for (const name of ['p', 'dd', 'td', 'li', 'pre'])
      expect(
        elementsOf(page, name).some(({ text }) => text.includes('<script>alert(1)</script>')),
        name,
      ).toBe(true);
  });

  it('are text in Markdown, in the cell where they belong', () => {
    const text = cardMarkdown(card);
    const prose = text.replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replaceAll(/(`+)[^`][\s\S]*?\1/g, '');
    expect(prose).not.toMatch(/<script/);
    expect(prose).not.toMatch(/^# h/m);
    for (const rows of markdownTables(text)) for (const row of rows) expect(row).toHaveLength(rows[0].length);
  });

  it('cannot end the fence of a command', () => {
    const command = 'isoflop fit a.csv\n```\n<script>x</script>';
    const text = cardMarkdown(fitCard(base, { command }));
    expect(text).toContain(`\`\`\`\`text\n${command}\n\`\`\`\``);
  });
});

it('links the pictures of a Markdown card by their files', () => {
  const text = cardMarkdown(fitCard(exampleFit()), [
    { id: 'frontier', description: 'Loss [a]', file: 'my card (1)-frontier.svg' },
  ]);
  expect(text).toContain(String.raw`![Loss \[a\]](my%20card%20%281%29-frontier.svg)`);
});
