import hljs from 'highlight.js';
import katex from 'katex';
import MarkdownIt from 'markdown-it';
import { anchors } from './slug.ts';

/** A heading of a page. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

/** A page as HTML, with what navigation and search need of it. */
export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** What markdown-it carries through the rendering of a page: where its links go, and the headings so far. */
interface Environment extends Record<PropertyKey, unknown> {
  readonly link: (target: string) => string;
  readonly isNotebook: boolean;
  readonly anchorOf: (heading: string) => string;
  readonly headings: Heading[];
}

/** The same, as its rules get it. */
const environmentOf = (env: unknown): Environment => env as Environment;

/** Text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Languages of blocks by other names than highlight.js has for them. */
const languages: Readonly<Record<string, string>> = { sh: 'bash', diff: 'diff', text: 'plaintext', '': 'plaintext' };

/** Code with its words marked, in HTML. */
function highlighted(code: string, language: string): string {
  const name = languages[language] ?? language;
  if (name === 'math') return formula(code, true);
  const known = hljs.getLanguage(name) === undefined ? 'plaintext' : name;
  return `<pre tabindex="0"><code class="hljs">${hljs.highlight(code, { language: known }).value}</code></pre>\n`;
}

/** A formula in TeX; one that KaTeX cannot read ends the build. */
function formula(tex: string, isDisplayed: boolean): string {
  return katex.renderToString(tex, { displayMode: isDisplayed, throwOnError: true, strict: 'error' });
}

const markdown = new MarkdownIt({ html: true, linkify: false, typographer: false });

/** Formulas in a line: GitHub's form, in which no Markdown can be meant, and in notebooks those of Jupyter. */
const inLine = { github: /^\$`([^`]+)`\$/, jupyter: /^\$(?![\s$])([^$]+?)\$(?!\d)/, displayed: /^\$\$([^$]+)\$\$/ };

markdown.inline.ruler.before('backticks', 'formula', (state, silent) => {
  const rest = state.src.slice(state.pos);
  const { isNotebook } = environmentOf(state.env);
  const displayed = isNotebook ? inLine.displayed.exec(rest) : null;
  const match = displayed ?? inLine.github.exec(rest) ?? (isNotebook ? inLine.jupyter.exec(rest) : null);
  if (match === null) return false;
  if (!silent) {
    const token = state.push('formula', '', 0);
    token.content = match[1];
    token.hidden = displayed !== null;
  }
  state.pos += match[0].length;
  return true;
});
markdown.block.ruler.before('fence', 'formula_block', (state, start, end, silent) => {
  const lineAt = (line: number): string => state.src.slice(state.bMarks[line], state.eMarks[line]).trim();
  if (lineAt(start) !== '$$') return false;
  let close = start + 1;
  while (close < end && lineAt(close) !== '$$') close++;
  if (close === end) return false;
  if (!silent) {
    const token = state.push('formula_block', '', 0);
    token.content = state.getLines(start + 1, close, 0, false);
    state.line = close + 1;
  }
  return true;
});

markdown.renderer.rules.formula = (tokens, k) => formula(tokens[k].content, tokens[k].hidden);
markdown.renderer.rules.formula_block = (tokens, k) => `<p>${formula(tokens[k].content, true)}</p>\n`;
markdown.renderer.rules.fence = (tokens, k) => highlighted(tokens[k].content, tokens[k].info.trim());
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';
markdown.renderer.rules.heading_open = (tokens, k, _options, env) => {
  const environment = environmentOf(env);
  const { tag } = tokens[k];
  const text = (tokens[k + 1].children ?? []).map(({ content }) => content).join('');
  const anchor = environment.anchorOf(text);
  environment.headings.push({ level: Number(tag.slice(1)), text, anchor });
  return `<${tag} id="${anchor}">`;
};
markdown.renderer.rules.heading_close = (tokens, k, _options, env) => {
  const { headings } = environmentOf(env);
  const { anchor, text } = headings[headings.length - 1];
  return ` <a class="anchor" href="#${anchor}" aria-label="Link to: ${escapeHtml(text)}">#</a></${tokens[k].tag}>\n`;
};
for (const [token, attribute] of [
  ['link_open', 'href'],
  ['image', 'src'],
] as const) {
  // Links are drawn by the renderer itself, pictures by a rule of their own.
  const usual = markdown.renderer.rules[token] as (typeof markdown.renderer.rules)[string] | undefined;
  markdown.renderer.rules[token] = (tokens, k, options, env, self) => {
    const target = tokens[k].attrGet(attribute);
    if (target !== null) tokens[k].attrSet(attribute, environmentOf(env).link(String(target)));
    return usual === undefined ? self.renderToken(tokens, k, options) : usual(tokens, k, options, env, self);
  };
}

/** Links and pictures that a page writes as HTML. */
const written = /(<(?:a|img)\b[^>]*?\b(?:href|src)=")([^"]+)(")/g;
for (const token of ['html_inline', 'html_block'])
  markdown.renderer.rules[token] = (tokens, k, _options, env) =>
    tokens[k].content.replaceAll(
      written,
      (_, before: string, target: string, after: string) => before + environmentOf(env).link(target) + after,
    );

/**
 * Renders a page.
 *
 * @param link - gives the address on the site of what the page links to
 * @param isNotebook - whether a formula may stand between plain signs of a dollar
 * @throws ParseError for a formula that KaTeX cannot read
 */
export function render(text: string, link: (target: string) => string, isNotebook = false): Rendered {
  const environment: Environment = { link, isNotebook, anchorOf: anchors(), headings: [] };
  return { html: markdown.render(text, environment), headings: environment.headings };
}
