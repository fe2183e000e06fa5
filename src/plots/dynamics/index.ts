import type { TitledFigure } from '../html.ts';
import { alignmentFigure, type AlignmentLine } from './alignment.ts';
import { instabilityFigure, type GrowthLine } from './instability.ts';
import { lawSaturationFigure, type SaturationPoint } from './lawSaturation.ts';
import { noiseFigure, type CriticalLine, type NoiseLine } from './noise.ts';
import { ranksFigure, type RankLine } from './ranks.ts';
import { sensitivityFigure, type RateLine } from './sensitivity.ts';

/** What the figures of training dynamics are drawn from; a part without entries has no figure. */
export interface DynamicsData {
  readonly ranks: readonly RankLine[];
  readonly alignments: readonly AlignmentLine[];
  readonly rates: readonly RateLine[];
  readonly growth: readonly GrowthLine[];
  readonly law: readonly SaturationPoint[];
  readonly noise: readonly NoiseLine[];
  readonly batches: readonly CriticalLine[];
}

/** The figures of training dynamics that the data have enough for. */
export function dynamicsFigures(data: DynamicsData): TitledFigure[] {
  const growth = (quantity: GrowthLine['quantity']): GrowthLine[] =>
    data.growth.filter((line) => line.quantity === quantity);
  const logits = growth('max_attention_logit');
  const gradients = growth('gradient_rms');
  const all: (TitledFigure | false)[] = [
    data.ranks.length > 0 && {
      id: 'effective-rank',
      description: 'How many directions the weight matrices use, as a share of those they have.',
      figure: ranksFigure(data.ranks),
    },
    data.alignments.length > 0 && {
      id: 'alignment',
      description: 'How near the outputs of the layers are to what they are at the end of training.',
      figure: alignmentFigure(data.alignments),
    },
    data.rates.length > 0 && {
      id: 'rate-sensitivity',
      description: 'Final loss over the peak learning rate.',
      figure: sensitivityFigure(data.rates),
    },
    logits.length > 0 && {
      id: 'attention-logits',
      description: 'Growth of the largest attention logit with size, and where it is expected to break training.',
      figure: instabilityFigure(logits),
    },
    gradients.length > 0 && {
      id: 'gradients',
      description: "Size of the gradient over model size; below AdamW's epsilon updates vanish.",
      figure: instabilityFigure(gradients),
    },
    data.law.length > 0 && {
      id: 'saturation',
      description: 'Whether small models end above what the larger ones predict for them.',
      figure: lawSaturationFigure(data.law),
    },
    data.noise.length + data.batches.length > 0 && {
      id: 'batch-size',
      description: 'Gradient noise scale and critical batch size as the loss falls.',
      figure: noiseFigure(data.noise, data.batches),
    },
  ];
  return all.filter((figure) => figure !== false);
}
