import { describe, expect, it } from 'vitest';
import { findLaw, laws } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { describeLawView, lawFigure, type LawView } from '../../src/plots/index.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { axisOf, errorOf, notesOf, titleOf, tracesNamed, type Trace } from './traces.ts';

const viewOf = (id: string, more: Partial<LawView> = {}): LawView => {
  const { params, inputs } = lawCases[id];
  return { params, source: 'example coefficients', ranges: inputs, ...more };
};
const traces = (id: string, more?: Partial<LawView>): Trace[] =>
  tracesNamed(lawFigure(findLaw(id), viewOf(id, more)), '');

describe('the figure of a law', () => {
  it('has a curve for each round value of its second input, with the values of the law', () => {
    const curves = traces('chinchilla');
    expect(curves.map(({ name }) => name)).toEqual(['D = 1B', 'D = 10B', 'D = 100B', 'D = 1T']);
    const { params } = lawCases.chinchilla;
    for (const [k, tokens] of [1e9, 1e10, 1e11, 1e12].entries()) {
      const [first, last] = evaluateLaw(findLaw('chinchilla'), params, {
        params: [3e7, 2e10],
        tokens: [tokens, tokens],
      });
      expect(curves[k].y[0]).toBeCloseTo(first, 5);
      expect(curves[k].y.at(-1)).toBeCloseTo(last, 5);
    }
  });

  it('runs along the inputs that are asked for, and holds the others at a round value', () => {
    const view = viewOf('precision', { along: 'weightBits', by: 'tokens' });
    const figure = lawFigure(findLaw('precision'), view);
    expect(axisOf(figure, 'xaxis').title.text).toBe('Weight bits P<sub>w</sub> (bits)');
    expect(tracesNamed(figure, 'D = ')).toHaveLength(figure.data.length);
    expect(titleOf(figure).subtitle).toContain('N = 300M, P<sub>a</sub> = 4, P<sub>kv</sub> = 2, example coefficients');
    const unknown = { ...view, along: 'width' };
    expect(errorOf(() => lawFigure(findLaw('precision'), unknown))).toBeInstanceOf(RangeError);
  });

  it('says where the loss ends, in a law that has such a parameter', () => {
    const notes = (id: string): string[] => notesOf(lawFigure(findLaw(id), viewOf(id)));
    expect(notes('chinchilla')).toEqual(['irreducible loss 1.7']);
    expect(notes('kaplan')).toEqual([]);
    // Its E is subtracted, and of the unigram-normalised loss.
    expect(notes('vocabulary')).toEqual([]);
  });

  it('shows shares on a linear axis, and counts as people write them', () => {
    const axis = (id: string) => axisOf(lawFigure(findLaw(id), viewOf(id)), 'yaxis');
    expect(axis('downstream-sigmoid')).toMatchObject({
      title: { text: 'Accuracy' },
      ticktext: ['0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9'],
    });
    expect(axis('downstream-sigmoid').type).toBeUndefined();
    expect(axis('step-law-batch')).toMatchObject({ type: 'log', title: { text: 'Batch size B (tokens)' } });
    expect(axis('step-law-batch').ticktext).toContain('1M');
    expect(axis('step-law-learning-rate').title.text).toBe('Learning rate η (1/step)');
    expect(axis('vocabulary').title.text).toBe('Unigram loss L<sub>u</sub> (nats/token)');
  });

  it('is drawn for every law, with finite numbers and axes with names', () => {
    for (const law of laws) {
      const figure = lawFigure(law, viewOf(law.id));
      expect(figure.data.length, law.id).toBeLessThanOrEqual(6);
      for (const { x, y } of tracesNamed(figure, '')) expect([...x, ...y].every(Number.isFinite), law.id).toBe(true);
      for (const name of ['xaxis', 'yaxis']) expect(axisOf(figure, name).title.text, law.id).not.toBe('');
      expect(titleOf(figure).title).toBe(law.title);
    }
  });

  it('is told in a sentence', () => {
    expect(describeLawView(findLaw('tokens'), viewOf('tokens'))).toBe(
      'Curve of the loss over training tokens from 500M to 1T, with example coefficients.',
    );
    expect(describeLawView(findLaw('vocabulary'), viewOf('vocabulary'))).toMatch(
      /^Curves for vocabulary parameters of 3M, .*: the unigram loss over non-vocabulary parameters from 30M to 3B/,
    );
  });
});
