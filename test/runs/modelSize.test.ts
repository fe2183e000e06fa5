import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelSize } from '../../src/runs/modelSize.ts';

interface Counted {
  readonly config: Readonly<Record<string, unknown>>;
  readonly params: number;
  readonly withoutEmbeddings: number;
}

// Counted by transformers itself: test/formats/model_sizes.py.
const { models } = JSON.parse(readFileSync(new URL('../fixtures/modelSizes.json', import.meta.url), 'utf8')) as {
  models: Counted[];
};

describe('modelSize', () => {
  it.each(models.map((model) => [String(model.config.model_type), model.params, model] as const))(
    'counts what transformers counts: %s, %i',
    (_, params, { config, withoutEmbeddings }) => {
      expect(modelSize(config)).toEqual({ params, withoutEmbeddings });
    },
  );

  it('says why it cannot count', () => {
    expect(modelSize([])).toBe('config.json holds no configuration of a model');
    expect(modelSize({})).toBe('config.json names no model_type');
    expect(modelSize({ model_type: 'constructor' })).toContain('"constructor" in config.json are not known');
    expect(modelSize({ model_type: 'gpt2', n_embd: 8 })).toBe('config.json lacks a number that a gpt2 needs');
    expect(modelSize({ model_type: 'gpt2', architectures: ['GPT2ForSequenceClassification'] })).toContain(
      'is no language model',
    );
  });
});
