/** How the shapes of a family of models follow from layers and width. */
export interface ShapeFamily {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Widths are multiples of this, itself a multiple of the width of a head. */
  readonly widthStep: number;
  /** Width of one head. */
  readonly headWidth: number;
  /** Width divided by layers: the range that is allowed, and what is preferred. */
  readonly aspect: { readonly low: number; readonly best: number; readonly high: number };
  /** Inner width of the feed-forward block as a multiple of the width, rounded up to a multiple of `feedForwardStep`. */
  readonly feedForward: number;
  readonly feedForwardStep: number;
  readonly gated: boolean;
  /** Heads of keys and values at the most; all heads where it is not given. */
  readonly keyValueHeads?: number | undefined;
  readonly vocabulary: number;
  readonly tiedEmbeddings: boolean;
  readonly learntPositions: boolean;
  /** Which parameters N counts. */
  readonly counts: 'total' | 'nonEmbedding';
}

/** Families whose shapes are known. */
export const shapeFamilies: readonly ShapeFamily[] = [
  {
    id: 'llama-2',
    title: 'Llama 2: gated feed-forward, heads of 128, separate output layer',
    source: 'arXiv 2307.09288; 7B, 13B and 70B are 32 x 4096, 40 x 5120 and 80 x 8192',
    widthStep: 128,
    headWidth: 128,
    aspect: { low: 80, best: 128, high: 150 },
    feedForward: 8 / 3,
    feedForwardStep: 256,
    gated: true,
    vocabulary: 32000,
    tiedEmbeddings: false,
    learntPositions: false,
    counts: 'total',
  },
  {
    id: 'llama-3',
    title: 'Llama 3: gated feed-forward of 3.5 widths, 8 heads of keys and values, large vocabulary',
    source: 'arXiv 2407.21783, table 3; 8B, 70B and 405B are 32 x 4096, 80 x 8192 and 126 x 16384',
    widthStep: 128,
    headWidth: 128,
    aspect: { low: 80, best: 128, high: 150 },
    feedForward: 3.5,
    feedForwardStep: 256,
    gated: true,
    keyValueHeads: 8,
    vocabulary: 128256,
    tiedEmbeddings: false,
    learntPositions: false,
    counts: 'total',
  },
  {
    id: 'gpt-3',
    title: 'GPT-3: feed-forward of 4 widths, tied embedding, learnt positions',
    source: 'arXiv 2005.14165, table 2.1; 1.3B, 6.7B and 175B are 24 x 2048, 32 x 4096 and 96 x 12288',
    widthStep: 128,
    headWidth: 128,
    aspect: { low: 60, best: 110, high: 150 },
    feedForward: 4,
    feedForwardStep: 64,
    gated: false,
    vocabulary: 50257,
    tiedEmbeddings: true,
    learntPositions: true,
    counts: 'total',
  },
  {
    id: 'small',
    title: 'Small proxies: feed-forward of 4 widths, heads of 64, N without embeddings',
    source: 'arXiv 2001.08361, section 2.1: N = 12 layers width^2',
    widthStep: 64,
    headWidth: 64,
    aspect: { low: 20, best: 64, high: 150 },
    feedForward: 4,
    feedForwardStep: 64,
    gated: false,
    vocabulary: 50257,
    tiedEmbeddings: true,
    learntPositions: false,
    counts: 'nonEmbedding',
  },
];
