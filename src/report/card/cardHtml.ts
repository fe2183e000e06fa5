import { escapeXml } from '../../plots/svg/markup.ts';
import { cardStyle } from './cardStyle.ts';
import type { Card, CardBlock, CardFacts, CardSection, CardTable, ChecklistEntry } from './document.ts';
import type { CardFigure } from './fitCard.ts';
import { powersHtml, raisePowers, texHtml } from './formulaHtml.ts';

/** Sections that take the whole width; the others stand side by side. */
const wide = new Set(['law', 'parameters', 'plan', 'reproduction']);

function table({ caption, columns, rows }: CardTable): string {
  const head = columns.map(({ name, align }) => `<th scope="col" class="${align}">${escapeXml(name)}</th>`).join('');
  const body = rows
    .map((row) => {
      const cells = row.map((cell, k) => {
        const align = columns[k].align;
        return k === 0
          ? `<th scope="row" class="${align}">${escapeXml(cell)}</th>`
          : `<td class="${align}">${raisePowers(cell)}</td>`;
      });
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table>
<caption>${escapeXml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

function facts({ caption, rows }: CardFacts): string {
  const entries = rows.map(([label, text]) => `<dt>${escapeXml(label)}</dt><dd>${escapeXml(text)}</dd>`).join('\n');
  return `<dl aria-label="${escapeXml(caption)}">\n${entries}\n</dl>`;
}

function block(part: CardBlock): string {
  switch (part.kind) {
    case 'text':
      return `<p>${escapeXml(part.text)}</p>`;
    case 'formula': {
      const markup = part.tex === null ? powersHtml(part.text) : texHtml(part.tex);
      return `<p class="formula" role="math" aria-label="${escapeXml(part.text)}">${markup}</p>`;
    }
    case 'command':
      return `<pre><code>${escapeXml(part.text)}</code></pre>`;
    case 'table':
      return table(part);
    case 'facts':
      return facts(part);
    case 'warnings': {
      const entries = part.warnings.map(
        ({ level, code, message, remedy }) =>
          `<li class="warning-${level}"><p><strong>${escapeXml(level)}:</strong> ${escapeXml(message)} <code>${escapeXml(code)}</code></p>
<p class="remedy">${escapeXml(remedy)}</p></li>`,
      );
      return `<ul class="warnings">\n${entries.join('\n')}\n</ul>`;
    }
  }
}

function section({ id, heading, blocks }: CardSection): string {
  return `<section id="${escapeXml(id)}"${wide.has(id) ? ' class="wide"' : ''} aria-labelledby="${escapeXml(id)}-heading">
<h2 id="${escapeXml(id)}-heading">${escapeXml(heading)}</h2>
${blocks.map(block).join('\n')}
</section>`;
}

function figuresSection(card: Card, figures: readonly CardFigure[]): string {
  if (figures.length === 0) return '';
  const pictures = figures.map(
    ({ svg, description }) => `<figure>\n${svg.trim()}\n<figcaption>${escapeXml(description)}</figcaption>\n</figure>`,
  );
  const missing = card.leftOut.map(({ id, reason }) => `<p>Left out ${escapeXml(id)}: ${escapeXml(reason)}.</p>`);
  return `<section id="figures" class="wide" aria-labelledby="figures-heading">
<h2 id="figures-heading">Figures</h2>
<div class="figures">
${pictures.join('\n')}
</div>
${missing.join('\n')}
</section>`;
}

function checklistSection(entries: readonly ChecklistEntry[]): string {
  const stated = entries.filter(({ value }) => value !== null).length;
  const rows = entries.map(({ group, item, value, how }, k) => {
    const shownGroup = k > 0 && entries[k - 1].group === group ? '' : group;
    const answer =
      value === null ? `<span class="missing">not stated</span>: <code>${escapeXml(how)}</code>` : raisePowers(value);
    return `<tr><td>${escapeXml(shownGroup)}</td><th scope="row">${escapeXml(item)}</th><td class="words">${answer}</td></tr>`;
  });
  return `<section id="checklist" class="wide" aria-labelledby="checklist-heading">
<h2 id="checklist-heading">Checklist: ${String(stated)} of ${String(entries.length)} stated</h2>
<div class="scroll"><table>
<caption>What a reader needs to judge and repeat a scaling law (arXiv 2502.18969). State what is missing with isoflop report.</caption>
<thead><tr><th scope="col">Part</th><th scope="col">Item</th><th scope="col">Statement</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
</section>`;
}

/**
 * A card as one HTML page that needs nothing else: no network, no scripts. It follows the reader's light or dark setting and
 * prints on A4.
 *
 * @param card - the card
 * @param figures - its pictures, see {@link cardFigures}
 * @returns the text of an HTML document
 * @example
 * ```ts
 * const page = cardHtml(fitCard(fit), cardFigures(fit));
 * page.startsWith('<!doctype html>'); // true
 * ```
 */
export function cardHtml(card: Card, figures: readonly CardFigure[]): string {
  const before = card.sections.filter(({ id }) => id !== 'reproduction');
  const after = card.sections.filter(({ id }) => id === 'reproduction');
  const { level, label, sentence } = card.verdict;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(`Fit card: ${card.title}`)}</title>
<style>${cardStyle}</style>
</head>
<body>
<main>
<header>
<h1>${escapeXml(card.title)}</h1>
<p class="source">Fit card of ${escapeXml(card.source)}</p>
<div class="verdict level-${level}"><p><strong>${escapeXml(label)}.</strong> ${escapeXml(sentence)}</p></div>
</header>
<div class="card">
${before.map(section).join('\n')}
${figuresSection(card, figures)}
${checklistSection(card.checklist)}
${after.map(section).join('\n')}
</div>
</main>
</body>
</html>
`;
}
