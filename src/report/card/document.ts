import type { Warning } from '../../core/warnings.ts';

/** A table of a card; cells are plain text. */
export interface CardTable {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** Labels and what belongs to them. */
export interface CardFacts {
  readonly kind: 'facts';
  readonly caption: string;
  readonly rows: readonly (readonly [label: string, text: string])[];
}

/** A part of a section. */
export type CardBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'formula'; readonly tex: string | null; readonly text: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'warnings'; readonly warnings: readonly Pick<Warning, 'code' | 'level' | 'message' | 'remedy'>[] }
  | CardTable
  | CardFacts;

/** A section of a card. */
export interface CardSection {
  /** Short name, for links. */
  readonly id: string;
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

/** An entry of the checklist: what a reader needs to know, and what the record says about it. */
export interface ChecklistEntry {
  /** Name under which a note is given. */
  readonly id: string;
  readonly group: string;
  readonly item: string;
  /** What is known, or `null` when neither the fit nor a note states it. */
  readonly value: string | null;
  /** How to state it. */
  readonly how: string;
}

/** How far a fit may be used: as it is, with care, or not. */
export type VerdictLevel = 'good' | 'caution' | 'bad';

/** What to think of a fit, in a sentence. */
export interface Verdict {
  readonly level: VerdictLevel;
  /** The level in words. */
  readonly label: string;
  readonly sentence: string;
}

/** A fit card: everything that a reader needs to judge a fit and to make it again. Plain data, as `--json` prints it. */
export interface Card {
  readonly kind: 'isoflop-card';
  readonly title: string;
  /** Where the runs or the coefficients are from. */
  readonly source: string;
  readonly verdict: Verdict;
  readonly sections: readonly CardSection[];
  readonly checklist: readonly ChecklistEntry[];
  readonly figures: readonly { readonly id: string; readonly title: string; readonly description: string }[];
  /** Figures that the law or the data do not allow, and why. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  readonly reproduction: {
    /** The command line that made the fit, or `null` when a program made it. */
    readonly command: string | null;
    /** SHA-256 of the data; empty for published coefficients. */
    readonly sha256: string;
    /** Seed of the bootstrap. */
    readonly seed: number | null;
    /** Version of isoflop that made the fit. */
    readonly version: string;
  };
}
