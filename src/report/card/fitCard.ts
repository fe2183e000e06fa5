import type { Fit } from '../../fit/result.ts';
import { lawOf } from '../../laws/index.ts';
import { buildFigures, figures, type BuiltFigure } from '../../plots/index.ts';
import { figureSvg } from '../../plots/svg/figureSvg.ts';
import { checkNotes, checklistOf, type CardNotes } from './checklist.ts';
import { dataSection } from './data.ts';
import type { Card } from './document.ts';
import {
  diagnosticsSection,
  lawSection,
  paramsSection,
  planSection,
  reproductionSection,
  searchSection,
  uncertaintySection,
} from './sections.ts';
import { validationSection } from './validation.ts';
import { verdictOf } from './verdict.ts';

/** Options of {@link fitCard}. */
export interface CardOptions {
  /** What the fit does not know, by the id of an entry of the checklist, such as `schedule`. */
  readonly notes?: CardNotes;
  /** The command line that made the fit, where one did. */
  readonly command?: string | null;
}

/**
 * The card of a fit: everything that a reader needs to judge it and to make it again. What the fit does not know and no
 * note states stands in the checklist as `null`, with how to state it.
 *
 * @param fit - the fit
 * @throws {@link IsoflopError} `OPTION_INVALID` when a note belongs to no entry of the checklist
 * @see arXiv 2502.18969 for the checklist
 * @example
 * ```ts
 * const card = fitCard(fit, { notes: { schedule: 'cosine to 10%, warm-up 1%' } });
 * card.checklist.find(({ id }) => id === 'schedule')?.value; // 'cosine to 10%, warm-up 1%'
 * ```
 */
export function fitCard(fit: Fit, { notes = {}, command = null }: CardOptions = {}): Card {
  checkNotes(notes);
  const law = lawOf(fit);
  const checklist = checklistOf(fit, law, notes);
  const built = figuresOf(fit);
  return {
    kind: 'isoflop-card',
    title: law.spec === undefined ? law.title : law.id,
    source: fit.data.source,
    verdict: verdictOf(fit, law, Object.hasOwn(notes, 'validation')),
    sections: [
      lawSection(fit, law),
      paramsSection(fit, law),
      dataSection(fit, law),
      searchSection(fit),
      uncertaintySection(fit),
      ...planSection(fit, law),
      diagnosticsSection(fit),
      validationSection(fit, Object.hasOwn(notes, 'validation') ? notes.validation : null),
      reproductionSection(fit, command),
    ],
    checklist,
    figures: built
      .filter(({ figure }) => figure !== null)
      .map(({ definition: { id, title, description } }) => ({ id, title, description })),
    leftOut: built.flatMap(({ definition: { id }, reason }) => (reason === null ? [] : [{ id, reason }])),
    reproduction: {
      command,
      sha256: fit.data.sha256,
      seed: fit.bootstrap?.seed ?? null,
      version: fit.version,
    },
  };
}

/** A figure of a card as a picture. */
export interface CardFigure {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** SVG. */
  readonly svg: string;
}

/** Pixels of a picture of a card. */
const size = { width: 560, height: 380 };

/** More points would only hide each other in a small picture, and make the page heavy. */
const mostPoints = 1500;

/** Figures of the last fits: a card names them and a page draws them, and those of a long bootstrap take a second. */
const known = new WeakMap<Fit, BuiltFigure[]>();

/** Figures of a card: what a reader judges a fit by. More would not fit on its two pages. */
const shown = new Set(['frontier', 'isoflop', 'residuals', 'contour']);

function figuresOf(fit: Fit): BuiltFigure[] {
  const chosen = figures.filter(({ id }) => shown.has(id));
  const built = known.get(fit) ?? buildFigures(fit, { maxPoints: mostPoints }, chosen);
  known.set(fit, built);
  return built;
}

/**
 * The pictures of a card.
 *
 * @param fit - the fit
 * @example
 * ```ts
 * cardFigures(fit)[0].svg.startsWith('<svg'); // true
 * ```
 */
export function cardFigures(fit: Fit): CardFigure[] {
  return figuresOf(fit).flatMap(({ definition: { id, title, description }, figure }) =>
    figure === null
      ? []
      : [{ id, title, description, svg: figureSvg(figure, { ...size, id, description, showSubtitle: false }) }],
  );
}
