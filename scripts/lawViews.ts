/** How the figure of each law is drawn: with which coefficients, over which ranges, along which input. */
import type { Law, PublishedFit } from '../src/laws/law.ts';
import type { LawView } from '../src/plots/lawFigure.ts';
import { lawCases } from '../test/helpers/lawCases.ts';

/** Laws of which the first two inputs are not the ones that tell most. */
const axes: Readonly<Record<string, Pick<LawView, 'along' | 'by'>>> = {
  // Repetition is what this law is about: the same tokens, of ever fewer distinct ones.
  'data-constrained': { along: 'tokens', by: 'uniqueTokens' },
  // So it is with the bits of a weight, beside which tokens are known from other laws.
  precision: { along: 'params', by: 'weightBits' },
  // At one budget the loss has a valley over tokens per parameter, which is what over-training leaves.
  overtraining: { along: 'tokensPerParam', by: 'flops' },
  'multi-power': { along: 'step', by: 'schedule' },
  annealing: { along: 'step', by: 'schedule' },
  moe: { along: 'params', by: 'experts' },
};

/** The coefficients to show: recomputed ones before those that were only read, and the latest of these. */
function shownFit({ published }: Law): PublishedFit | undefined {
  return published.findLast(({ verified }) => verified) ?? published.at(-1);
}

/** How a law is shown: with published coefficients, or, where there are none, with those of its tests. */
export function lawView(law: Law): LawView {
  const { params, inputs } = lawCases[law.id];
  const fit = shownFit(law);
  return {
    params: fit?.params ?? params,
    source: fit === undefined ? 'example coefficients' : `coefficients of ${fit.id}`,
    ranges: inputs,
    ...axes[law.id],
  };
}
