import type { ErrorBody } from '../schemas/error.ts';

/** What a column of a data set holds. */
export interface ColumnDescription {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'empty';
  /** Cells that are not blank. */
  readonly filled: number;
  /** Different values, `null` where there are more than {@link mostDistinct}. */
  readonly distinct: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The first different values, as written. */
  readonly examples: readonly string[];
}

/** Different values that are counted in one column. */
export const mostDistinct = 50;

/** What is in a CSV file. */
export interface Description {
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** Quantity to the column in which it was recognised. */
  readonly quantities: Readonly<Record<string, string>>;
  /** Quantities that several columns could hold. */
  readonly ambiguous: Readonly<Record<string, readonly string[]>>;
  /** Those of params, tokens and flops that follow from the others. */
  readonly derived: readonly string[];
  /** Why no law of params and tokens could be fitted to the file as it stands. */
  readonly problem: ErrorBody['error'] | null;
}
