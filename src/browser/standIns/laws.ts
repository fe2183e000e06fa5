import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { chinchilla } from '../../laws/chinchilla.ts';
import type { FormulaSpec, Law, LawName } from '../../laws/law.ts';

/** The list of laws in a page: Chinchilla's law, and all others once `isoflop/browser/all` is loaded. */
export let laws: readonly Law[] = [chinchilla];

let formulaLaw: ((spec: FormulaSpec) => Law) | undefined;

/** Makes the whole list known, and the laws that are formulas. */
export function addLaws(all: readonly Law[], ofFormula: (spec: FormulaSpec) => Law): void {
  laws = all;
  formulaLaw = ofFormula;
}

/** As `findLaw` of the list in Node. */
export function findLaw(id: string): Law {
  const law = laws.find((candidate) => candidate.id === id);
  if (law !== undefined) return law;
  if (formulaLaw === undefined) throw notLoaded(`The law ${id} is not loaded.`);
  const ids = laws.map((candidate) => candidate.id);
  throw new IsoflopError('LAW_UNKNOWN', { law: id, nearest: nearestName(id, ids), laws: ids });
}

/** As `lawOf` of the list in Node. */
export function lawOf(fit: LawName): Law {
  if (fit.formula === null) {
    const law = findLaw(fit.law);
    return fit.schedules === undefined ? law : (law.curve?.bind(fit.schedules) ?? law);
  }
  if (formulaLaw === undefined) throw notLoaded('Laws that are formulas are not loaded.');
  return formulaLaw(fit.formula);
}

const notLoaded = (message: string): IsoflopError =>
  new IsoflopError('USAGE', { message, remedy: "Await import('isoflop/browser/all') before." });
