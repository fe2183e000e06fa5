import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import type { Figure } from '../../plots/figure.ts';
import { figureSvg, type FigureSvgOptions } from '../../plots/svg/figureSvg.ts';
import { inShippedFont, shippedFonts } from './fonts.ts';

/** Options of {@link figurePng}. */
export interface FigurePngOptions extends FigureSvgOptions {
  /** Pixels of the image for each pixel of the picture, of which an inch has 96 (2 unless given). */
  readonly scale?: number;
}

/** Pixels of an inch in CSS and SVG. */
const perInch = 96;

let started: Promise<typeof import('@resvg/resvg-wasm')> | undefined;

async function startRenderer(): Promise<typeof import('@resvg/resvg-wasm')> {
  const resvg = await import('@resvg/resvg-wasm');
  await resvg.initWasm(await readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return resvg;
}

/**
 * A figure as PNG, drawn without a browser from the same SVG as {@link figureSvg}, with the fonts of this package.
 *
 * @returns the bytes of the file, which say how many pixels an inch has
 * @throws {@link IsoflopError} `FIGURE_UNSUPPORTED`
 * @example
 * ```ts
 * const png = await figurePng(buildFigure(fit, 'frontier'), { width: 640, scale: 1 });
 * new DataView(png.buffer, png.byteOffset).getUint32(16); // 640
 * ```
 */
export async function figurePng(figure: Figure, options: FigurePngOptions = {}): Promise<Uint8Array> {
  const { scale = 2, ...drawing } = options;
  started ??= startRenderer();
  const [{ Resvg }, fonts] = await Promise.all([started, shippedFonts()]);
  const renderer = new Resvg(figureSvg(inShippedFont(figure), drawing), {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: fonts.map(({ bytes }) => bytes) },
  });
  try {
    const image = renderer.render();
    const png = image.asPng();
    image.free();
    return withResolution(png, perInch * scale);
  } finally {
    renderer.free();
  }
}

/** Bytes before the first chunk, and those of the chunk IHDR with its length, name and checksum. */
const headerEnd = 8 + 25;

/** Says in a PNG how many pixels an inch has, from which documents take its size. */
function withResolution(png: Uint8Array, dotsPerInch: number): Uint8Array {
  const chunk = Buffer.alloc(21);
  const perMeter = Math.round(dotsPerInch / 0.0254);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(perMeter, 8);
  chunk.writeUInt32BE(perMeter, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, headerEnd));
  whole.set(chunk, headerEnd);
  whole.set(png.subarray(headerEnd), headerEnd + chunk.length);
  return whole;
}
