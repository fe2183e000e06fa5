import plotlyPackage from 'plotly.js-dist-min/package.json' with { type: 'json' };
import type { Figure } from '../../src/plots/index.ts';
import { adaptFigure, titleOf } from './adaptFigure.ts';
import { ApiError, getFigure, getFigures } from './api.ts';
import { byId, make, richText } from './dom.ts';

/** The part of Plotly that the page calls. */
interface Plotly {
  newPlot(element: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
}

let loading: Promise<Plotly> | undefined;

/** Loads Plotly once; it is large, so the rest of the page does not wait for it. */
function loadPlotly(): Promise<Plotly> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    // The version makes the address, so that a browser may keep the file for good.
    script.src = `vendor/plotly.min.js?v=${plotlyPackage.version}`;
    script.onload = () => {
      resolve((globalThis as unknown as { Plotly: Plotly }).Plotly);
    };
    script.onerror = () => {
      loading = undefined;
      reject(new ApiError('Plotly could not be loaded from the server.'));
    };
    document.head.append(script);
  });
  return loading;
}

/** Below this width, in CSS pixels, a figure is laid out for a telephone. */
const narrow = 520;

interface Card {
  readonly id: string;
  readonly plot: HTMLElement;
  readonly heading: HTMLElement;
  readonly subtitle: HTMLElement;
}

function makeCard(id: string, title: string, description: string): Card & { readonly element: HTMLElement } {
  const heading = make('h3', '', title);
  const subtitle = make('p', 'subtitle');
  const plot = make('div', 'plot', make('p', 'state', 'Drawing\u2026'));
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${title}. ${description}`);
  const element = make('figure', 'card', heading, subtitle, plot, make('figcaption', '', description));
  element.id = `figure-${id}`;
  return { id, plot, heading, subtitle, element };
}

/** Says in the place of a figure why it is not there. */
function showAbsence(card: Card, reason: string): void {
  card.plot.classList.add('absent');
  card.plot.replaceChildren(make('p', 'state', reason));
}

async function draw(fit: string, card: Card, current: () => boolean): Promise<void> {
  try {
    const [plotly, figure] = await Promise.all([loadPlotly(), getFigure(fit, card.id)]);
    if (!current()) return;
    await drawFigure(plotly, figure, card);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (current()) showAbsence(card, error.message);
  }
}

async function drawFigure(plotly: Plotly, figure: Figure, card: Card): Promise<void> {
  const { title, subtitle } = titleOf(figure);
  if (title !== '') card.heading.replaceChildren(...richText(title));
  card.subtitle.replaceChildren(...richText(subtitle));
  card.plot.replaceChildren();
  const { data, layout, config } = adaptFigure(figure, card.plot.clientWidth < narrow);
  await plotly.newPlot(card.plot, data, layout, config);
}

/**
 * Draws every figure of a fit, each as soon as it arrives.
 *
 * @param fit - id of the fit
 * @param current - whether that fit is still the one on the page
 */
export async function showFigures(fit: string, current: () => boolean): Promise<void> {
  const holder = byId('figures');
  for (const plot of holder.querySelectorAll<HTMLElement>('.js-plotly-plot')) (await loadPlotly()).purge(plot);
  const { figures } = await getFigures(fit);
  if (!current()) return;
  const cards = figures.map((figure) => ({ ...figure, card: makeCard(figure.id, figure.title, figure.description) }));
  holder.replaceChildren(...cards.map(({ card }) => card.element));
  await Promise.all(
    cards.map(async ({ card, unavailable }) => {
      if (unavailable === null) await draw(fit, card, current);
      else showAbsence(card, unavailable);
    }),
  );
}
