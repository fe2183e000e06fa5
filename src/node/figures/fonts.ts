import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure, PlainObject } from '../../plots/figure.ts';
import { faceOf } from '../../plots/svg/richText.ts';
import { packageRoot } from '../packageRoot.ts';

/** A font that ships with the package, so that a picture looks the same on every machine. */
export interface ShippedFont {
  readonly face: 'sans' | 'serif';
  readonly bold: boolean;
  readonly bytes: Uint8Array;
}

/** Names of the families within the font files. */
const familyOf = { sans: 'Isoflop Sans', serif: 'Isoflop Serif' } as const;

/** The figure in the font of this package whose letters are as wide as those that it asks for. */
export function inShippedFont(figure: Figure): Figure {
  const { font } = figure.layout as { font?: PlainObject };
  const face = typeof font?.family === 'string' ? faceOf(font.family) : 'sans';
  const family = `${familyOf[face]}, ${face === 'sans' ? 'sans-serif' : 'serif'}`;
  return { ...figure, layout: { ...figure.layout, font: { ...font, family } } };
}

let loaded: Promise<readonly ShippedFont[]> | undefined;

/** The fonts of the package, read once. */
export function shippedFonts(): Promise<readonly ShippedFont[]> {
  loaded ??= Promise.all(
    (['sans', 'serif'] as const).flatMap((face) =>
      [false, true].map(async (bold): Promise<ShippedFont> => {
        const file = `Isoflop${face === 'sans' ? 'Sans' : 'Serif'}-${bold ? 'Bold' : 'Regular'}.ttf`;
        return { face, bold, bytes: new Uint8Array(await readFile(join(packageRoot(), 'fonts', file))) };
      }),
    ),
  );
  return loaded;
}
