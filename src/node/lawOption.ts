import { IsoflopError } from '../core/errors.ts';
import type { FitOptions } from '../fit/options.ts';
import { describeFormula, formulaLaw, formulaNames, isFormula } from '../laws/formula/formulaLaw.ts';
import { findLaw } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { curveQuantities } from '../runs/curveQuantities.ts';
import { headerOf, quantityNames, readHeader } from '../runs/header.ts';

/** The options that say which law is meant, and those that name its parameters. */
export interface LawOptions extends Pick<FitOptions, 'start' | 'bounds' | 'fixed' | 'tied'> {
  /** Id of a law or a formula; default `chinchilla`. */
  readonly law?: string;
  readonly positive?: readonly string[];
}

/**
 * The law that the options mean: one of the list, or a formula, in which the names of columns are inputs and all others
 * parameters.
 *
 * @param columns - names of the columns that there are
 * @throws {@link IsoflopError} `LAW_UNKNOWN`, `FORMULA_INVALID`, `PARAM_UNKNOWN`, `USAGE`
 */
export function lawOption(options: LawOptions, columns: readonly string[]): Law {
  const { law = 'chinchilla', positive } = options;
  if (!isFormula(law)) {
    const listed = findLaw(law);
    if (positive === undefined || positive.length === 0) return listed;
    throw new IsoflopError('USAGE', {
      message: `--positive is for formulas, and ${law} is a law of the list, which knows its positive parameters.`,
      remedy: 'Leave it out.',
    });
  }
  const { start = {}, bounds = {}, fixed = {}, tied = {} } = options;
  const known = [start, bounds, fixed, tied].flatMap((option) => Object.keys(option));
  return formulaLaw(describeFormula(law, { columns, positive: positive ?? [], known }));
}

/**
 * The same for the columns of a file that is yet to be read.
 *
 * @param file - of which only the header is read, and only where the law is a formula
 * @param request - the `--columns` and `--sql` options
 * @throws {@link IsoflopError} as {@link lawOption} and {@link readHeader}
 */
export async function lawOfFile(
  options: LawOptions,
  file: { readonly name: string; readonly path: string } | undefined,
  { columns, sql }: { readonly columns?: string | Readonly<Record<string, string>>; readonly sql?: string },
): Promise<Law> {
  const { law = 'chinchilla' } = options;
  if (!isFormula(law)) return lawOption(options, []);
  const header =
    sql === undefined && file !== undefined
      ? await readHeader(file.path, file.name)
      : await headerOf((await import('./duckdb.ts')).sqlSource(sql ?? '', file?.path));
  return lawOption(options, quantityNames(header, columns, formulaNames(law)));
}

/** Quantities that rows need for a law to be fitted to them. */
export function neededBy(law: Law): string[] {
  const inputs = law.curve === undefined ? law.inputs.map((input) => input.name) : curveQuantities;
  return [...inputs, ...(law.responseColumns ?? [law.response.name])];
}
