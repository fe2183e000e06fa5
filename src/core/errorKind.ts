/** How an error is told: what happened, what to do about it, and the status of the process and of an HTTP answer. */
export interface ErrorKind<Details> {
  readonly exit: 1 | 2;
  readonly http: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 422 | 429 | 500 | 503 | 507;
  readonly text: (details: Details) => string;
  readonly remedy: (details: Details) => string;
}

/** Entry of the table of errors; the type of its details is that of its texts. */
export const kind = <Details>(entry: ErrorKind<Details>): ErrorKind<Details> => entry;

/** Control characters of a binary file would corrupt a terminal. */
export const printable = (text: string): string =>
  Array.from(text, (c) => (c < ' ' || c === '\u007f' ? '\uFFFD' : c)).join('');

/** A megabyte of text would hide the message. */
export const quote = (text: string): string => `"${printable(text.slice(0, 60))}${text.length > 60 ? '...' : ''}"`;

/** A number as it could have been typed: 1e9 and not 999999999.9999993. */
export const show = (value: number): string => {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  return size >= 1e6 || (size < 1e-4 && size > 0) ? rounded.toExponential().replace('e+', 'e') : String(rounded);
};
