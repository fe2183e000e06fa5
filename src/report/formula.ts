import { parseExpression } from '../laws/formula/parse.ts';
import { printExpression } from '../laws/formula/print.ts';
import type { Law, SeparableTerm } from '../laws/law.ts';

/**
 * A number as formulas print it: a few significant digits, and powers of ten only where plain digits would be long.
 *
 * @example
 * ```ts
 * formatNumber(477.826); // '477.8'
 * formatNumber(1.2e38); // '1.2e38'
 * ```
 */
export function formatNumber(value: number, digits = 4): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size !== 0 && Number.isFinite(size) && (size >= 1e6 || size < 1e-3))
    return rounded.toExponential().replace('e+', 'e');
  return String(rounded);
}

/** How powers are written: `text` for terminals, `html` for Plotly and pages. */
export type FormulaStyle = 'text' | 'html';

/**
 * A symbol in TeX as plain text.
 *
 * @example
 * ```ts
 * plainSymbol(String.raw`S_{\min}`); // 'S_min'
 * ```
 */
export function plainSymbol(tex: string): string {
  return tex.replaceAll(/\\(?:mathrm|text)(?=\{)|[\\{}]/g, '');
}

/**
 * TeX of fractions, powers and brackets as plain text.
 *
 * @example
 * ```ts
 * plainTeX(String.raw`E + \frac{A}{N'^{\alpha}}`); // "E + A/N'^alpha"
 * ```
 */
export function plainTeX(tex: string): string {
  const simple = (text: string): boolean => /^[\w'\\{}^]*$/.test(text) && !/[-+ ]/.test(text);
  const index = (text: string): string => (/[-+=]/.test(text) ? `(${text})` : text);
  const bracketed = (text: string): string => (simple(text) ? text : `(${text})`);
  let text = tex.replaceAll(/\\(?:left|right|thinspace)(?![a-z])/g, '').replaceAll(/\\(?:[,;!]|q?quad(?![a-z]))/g, ' ');
  // From the inside out, so that every group is already plain when its fraction is.
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/, (_, a: string, b: string) => `${bracketed(a)}/${bracketed(b)}`)
      .replace(/\^\{([^{}]*)\}/, (_, power: string) => `^${bracketed(power)}`)
      .replace(/_\{([^{}]*)\}|_([\w*])/, (_, a?: string, b?: string) => `\u0001${index(a ?? b ?? '')}`);
  }
  return text
    .replaceAll('\u0001', '_')
    .replaceAll(/\\([a-zA-Z]+)/g, '$1')
    .replaceAll(/[{}]/g, '');
}

const symbolOf = (law: Law, input: string): string => {
  const symbol = law.inputs.find((i) => i.name === input)?.symbol;
  return symbol === undefined ? input : plainSymbol(symbol);
};

/** Joins terms by their signs, so that a negative constant reads "- 0.2". */
function joinTerms(terms: readonly { readonly text: string; readonly negative: boolean }[]): string {
  if (terms.length === 0) return '0';
  return terms
    .map(({ text, negative }, k) => (k === 0 ? (negative ? `-${text}` : text) : `${negative ? '-' : '+'} ${text}`))
    .join(' ');
}

function writeTerm(law: Law, term: SeparableTerm, amplitude: string, exponent: string, style: FormulaStyle): string {
  if (term.power === undefined) return amplitude;
  const symbol = symbolOf(law, term.power.input);
  return style === 'html' ? `${amplitude}/${symbol}<sup>${exponent}</sup>` : `${amplitude}/${symbol}^${exponent}`;
}

/**
 * A law in plain text with its own symbols, such as `L(N, D) = E + A/N^alpha + B/D^beta`. A law that is neither a sum of
 * power laws nor made from a formula gives its TeX as plain text.
 *
 * @example
 * ```ts
 * symbolicFormula(findLaw('params')); // 'L(N) = A/N^alpha'
 * ```
 */
export function symbolicFormula(law: Law, style: FormulaStyle = 'text'): string {
  if (law.text !== undefined)
    return `${leftSide(law, law.spec === undefined)} = ${printExpression(parseExpression(law.text), (name) => symbolOf(law, name))}`;
  if (law.separable === undefined) return plainTeX(law.formula);
  const terms = law.separable.map((term) => ({
    text: writeTerm(law, term, term.amplitude, term.power?.exponent ?? '', style),
    negative: false,
  }));
  return `${leftSide(law, true)} = ${joinTerms(terms)}`;
}

/** What stands left of the equals sign: the symbol of the response, with its inputs where asked for. */
function leftSide(law: Law, withInputs: boolean): string {
  const symbol = plainSymbol(law.response.symbol);
  return withInputs ? `${symbol}(${law.inputs.map((input) => plainSymbol(input.symbol)).join(', ')})` : symbol;
}

/**
 * A law with its numbers in it, such as `L = 1.817 + 477.8/N^0.3473 + 2143/D^0.3672`, or `null` for a law that has no
 * plain formula. Terms of a sum that are switched off are left out.
 *
 * @param law - the law
 * @param params - its parameters in natural units
 * @example
 * ```ts
 * numericFormula(findLaw('params'), { A: 26.1, alpha: 0.076 }); // 'L = 26.1/N^0.076'
 * ```
 */
export function numericFormula(
  law: Law,
  params: Readonly<Record<string, number>>,
  style: FormulaStyle = 'text',
): string | null {
  if (law.separable === undefined) {
    if (law.text === undefined) return null;
    const write = (name: string): string =>
      Object.hasOwn(params, name) ? formatNumber(params[name]) : symbolOf(law, name);
    return `${leftSide(law, false)} = ${printExpression(parseExpression(law.text), write)}`;
  }
  const terms = law.separable
    .filter((term) => params[term.amplitude] !== 0)
    .map((term) => ({
      text: writeTerm(
        law,
        term,
        formatNumber(Math.abs(params[term.amplitude])),
        term.power === undefined ? '' : formatNumber(params[term.power.exponent]),
        style,
      ),
      negative: params[term.amplitude] < 0,
    }));
  return `${leftSide(law, false)} = ${joinTerms(terms)}`;
}
