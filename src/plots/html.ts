import type { Figure } from './figure.ts';

/** A figure with what a page says about it. */
export interface TitledFigure {
  /** Name of the element on the page, letters, digits and hyphens. */
  readonly id: string;
  readonly description: string;
  readonly figure: Figure;
}

/** Options of {@link figureHtml}. */
export interface FigureHtmlOptions {
  /** Title of the page. */
  readonly title: string;
  /** Text of plotly.min.js, which goes into the page. */
  readonly plotlySource: string;
  /** Whether the page is dark, as its figures then have to be ({@link darkFigure}). */
  readonly dark?: boolean;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `</script` would end the element and `<!--` would hide the rest of it; in JavaScript the backslash changes nothing. */
function escapeScript(source: string): string {
  return source.replaceAll(/<(\/script|!--)/gi, '<\\$1');
}

/** JSON inside a script element: no `<` at all. */
function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/**
 * A page that shows figures and needs nothing else: no server, no network.
 *
 * @param figures - what to show, in order
 * @returns the text of an HTML document
 * @example
 * ```ts
 * const plotlySource = await readPlotly();
 * const { id, description } = findFigure('contour');
 * const page = figureHtml([{ id, description, figure: buildFigure(fit, id) }], { title: 'Chinchilla', plotlySource });
 * ```
 */
export function figureHtml(figures: readonly TitledFigure[], options: FigureHtmlOptions): string {
  const places = figures.map(
    ({ id, description }) => `<figure>
<div id="${escapeHtml(id)}" class="plot"></div>
<figcaption>${escapeHtml(description)}</figcaption>
</figure>`,
  );
  const look =
    options.dark === true
      ? { ground: '#14181D', ink: '#E6E8EB', muted: '#9BA3AD' }
      : { ground: '#fff', ink: '#222', muted: '#555' };
  const content = figures.map(({ id, figure }) => ({ id, ...figure }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(options.title)}</title>
<style>
body { margin: 0 auto; padding: 1rem; max-width: 75rem; background: ${look.ground}; color: ${look.ink}; font-family: Helvetica, Arial, sans-serif; }
h1 { font-size: 1.4rem; margin: 0.5rem 1rem 1rem; }
figure { margin: 0 0 2.5rem; break-inside: avoid; }
figcaption { margin: 0.25rem 1rem 0; color: ${look.muted}; font-size: 0.85rem; }
</style>
</head>
<body>
<h1>${escapeHtml(options.title)}</h1>
${places.join('\n')}
<script>${escapeScript(options.plotlySource)}</script>
<script type="application/json" id="figures">${embedJson(content)}</script>
<script>
for (const { id, data, layout, config } of JSON.parse(document.getElementById('figures').textContent))
  Plotly.newPlot(id, data, layout, config);
</script>
</body>
</html>
`;
}
