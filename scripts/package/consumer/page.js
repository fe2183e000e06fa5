// What a page bundles: fits at once, and loads figures when they are asked for.
import {
  allocate,
  chinchilla,
  estimateCovariance,
  fitLaw,
  groupRows,
  parseRuns,
  predictLoss,
  summarizeFit,
} from 'isoflop/browser';

export async function answer(csv) {
  const fitted = fitLaw(chinchilla, await parseRuns(csv));
  const fit = summarizeFit(fitted, { covariance: estimateCovariance(fitted, groupRows(fitted), 'sandwich') });
  return { fit, loss: predictLoss(fit, { params: [70e9], tokens: [1.4e12] }), plan: allocate(fit, 5.76e23) };
}

globalThis.isoflop = {
  answer,
  figure: async (fit) => (await import('isoflop/browser/all')).buildFigure(fit, 'frontier'),
};
