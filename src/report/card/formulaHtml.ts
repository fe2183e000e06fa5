import { escapeXml } from '../../plots/svg/markup.ts';

const greek =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega';
const greekLetters = 'αβγδεζηθικλμνξπρστφχψω';

/** Characters that a command stands for. */
const symbols: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(greek.split(' ').map((name, k) => [name, greekLetters[k]])),
  cdot: '\u00B7',
  times: '\u00D7',
  prod: '\u220F',
  sum: '\u2211',
  in: ' \u2208 ',
  le: ' \u2264 ',
  ge: ' \u2265 ',
  infty: '\u221E',
  quad: '\u2003',
  ',': '\u2009',
  ';': '\u2005',
  '!': '',
  ' ': ' ',
  thinspace: '\u2009',
};

/** Commands that only say how what follows is set. */
const ignored = new Set(['left', 'right', 'mathrm', 'text', 'operatorname', 'mathit']);

/** Commands whose letters a browser could not know from a product of variables. */
const words = new Set(['ln', 'log', 'exp', 'min', 'max', 'sin', 'cos', 'tan', 'tanh', 'arcsin', 'arccos', 'arctan']);

/**
 * A formula in TeX as HTML: fractions, powers, indices, roots and Greek letters, which is what laws are made of. Everything
 * else is text and escaped.
 *
 * @example
 * ```ts
 * texHtml(String.raw`N^{\alpha}`); // '<i>N</i><sup><i>α</i></sup>'
 * ```
 */
export function texHtml(tex: string): string {
  const tokens = tex.match(/\\[a-zA-Z]+|\\.|\s+|[\s\S]/gu) ?? [];
  let next = 0;

  /** One argument: a group in braces, or a single token. */
  const argument = (isUpright = false): string => {
    while (tokens.at(next)?.trim() === '') next++;
    if (tokens.at(next) === '{') {
      next++;
      const content = sequence(isUpright);
      next++;
      return content;
    }
    return next < tokens.length ? atom(isUpright) : '';
  };
  const sequence = (isUpright: boolean): string => {
    let html = '';
    while (next < tokens.length && tokens[next] !== '}') html += atom(isUpright);
    return html;
  };
  const atom = (isUpright: boolean): string => {
    const token = tokens[next++];
    if (token === '{') {
      const content = sequence(isUpright);
      next++;
      return content;
    }
    if (token === '^') return `<sup>${argument()}</sup>`;
    if (token === '_') return `<sub>${argument()}</sub>`;
    if (!token.startsWith('\\') || token === '\\') return letters(token, isUpright);
    return command(token.slice(1));
  };
  const command = (name: string): string => {
    if (name === 'frac') {
      const [above, below] = [argument(), argument()];
      // The slash is for readers of the text alone.
      return `<span class="fraction"><span>${above}</span><span class="slash">/</span><span>${below}</span></span>`;
    }
    if (name === 'sqrt') return `\u221A(${argument()})`;
    if (name === 'mathrm' || name === 'text' || name === 'operatorname') return argument(true);
    if (ignored.has(name)) return '';
    if (words.has(name)) return `${name}\u2009`;
    const symbol = symbols[name];
    if (symbol === undefined) return letters(name, true);
    return greekLetters.includes(symbol) && symbol !== '' ? `<i>${symbol}</i>` : symbol;
  };
  return sequence(false) + (next < tokens.length ? texRest(tokens.slice(next)) : '');
}

/** What a brace too many leaves over. */
const texRest = (tokens: readonly string[]): string => escapeXml(tokens.join(''));

/** Variables are set in italics, everything else upright; a minus is a minus and no hyphen. */
function letters(token: string, isUpright: boolean): string {
  if (/^\s+$/.test(token)) return ' ';
  if (token === '-') return '\u2212';
  return !isUpright && /^[A-Za-z]$/.test(token) ? `<i>${token}</i>` : escapeXml(token);
}

/**
 * A text as HTML in which powers are raised.
 *
 * @example
 * ```ts
 * raisePowers('parameters^alpha'); // 'parameters<sup>alpha</sup>'
 * ```
 */
export function raisePowers(text: string): string {
  return escapeXml(text).replaceAll(
    /\^(?:\(([^()]*)\)|(-?[\w.]+))/g,
    (_, group?: string, word?: string) => `<sup>${group ?? word ?? ''}</sup>`,
  );
}

/**
 * A formula in plain text as HTML: powers are raised, and a minus is a minus.
 *
 * @example
 * ```ts
 * powersHtml('L = 1.8 - 478/N^0.35'); // 'L = 1.8 \u2212 478/N<sup>0.35</sup>'
 * ```
 */
export function powersHtml(text: string): string {
  return raisePowers(text).replaceAll(/(^|[\s(>])-/g, '$1\u2212');
}
