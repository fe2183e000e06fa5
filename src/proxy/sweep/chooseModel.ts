import { countParameters, type ModelShape } from '../model/shape.ts';

/** Width over layers that models of a ladder come near. */
const aspect = 24;
/** How much a deviation from that shape counts beside one from the size: sizes may be off by a few percent, not shapes. */
const shapeWeight = 0.5;
const mostLayers = 64;
const leastWidth = 4;
/** Small widths are even, as heads ask; larger ones suit vector units. */
const widthStep = (width: number): number => (width < 64 ? 2 : width < 256 ? 4 : 16);

/**
 * Layers and width whose parameters come nearest to a number, preferring a width of about 24 a layer, which keeps the
 * models of a ladder alike.
 *
 * @param shapeOf - the model of so many layers and such a width
 * @param heads - where the models have a number of their own
 */
export function chooseModel(
  params: number,
  shapeOf: (layers: number, width: number) => ModelShape,
  heads = 1,
): { readonly layers: number; readonly width: number; readonly params: number } {
  let best = { layers: 1, width: leastWidth, params: NaN, score: Infinity };
  for (let layers = 1; layers <= mostLayers; layers++)
    for (let width = leastWidth; ; width += widthStep(width)) {
      // Rotary positions turn pairs, so that heads have an even width.
      if (width % (2 * heads) !== 0) continue;
      const { total } = countParameters(shapeOf(layers, width));
      const away = Math.abs(Math.log(total / params));
      const score = away + shapeWeight * Math.abs(Math.log(width / (aspect * layers)));
      if (score < best.score) best = { layers, width, params: total, score };
      if (total > params) break;
    }
  const { layers, width, params: found } = best;
  return { layers, width, params: found };
}
