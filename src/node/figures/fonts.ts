import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../packageRoot.ts';

/** A font that ships with the package, so that a picture looks the same on every machine. */
export interface ShippedFont {
  readonly face: 'sans' | 'serif';
  readonly bold: boolean;
  readonly bytes: Uint8Array;
}

/** Names of the families within the font files. */
export const familyOf = { sans: 'Isoflop Sans', serif: 'Isoflop Serif' } as const;

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
