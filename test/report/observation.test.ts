import { describe, expect, it } from 'vitest';
import { observe } from '../../src/observational/observe.ts';
import { observationToJson } from '../../src/report/observationJson.ts';
import { formatObservation } from '../../src/report/observationText.ts';
import { madeUpModels, publicModels } from '../observational/example.ts';

const observation = observe(publicModels, {
  task: 'gsm8k',
  cutoff: 8.4e22,
  families: ['OPT', 'Llama-2'],
  flops: [1e24],
  resamples: 10,
});

describe('the report of an observation', () => {
  const text = formatObservation(observation);

  it('has every section, within its width', () => {
    for (const heading of [
      /^148 models of 47 families, 8 benchmarks \(data\/benchmarks\.csv\)$/m,
      /^Principal capabilities of 7 benchmarks \(without GSM8K\), 40 of 1,036 scores filled in$/m,
      /^Lines of families: capability 1 against log10 of compute, 95% intervals$/m,
      /^Task GSM8K$/m,
      /^46 models above 8\.4e22 FLOP, predicted by the 77 below$/m,
      /^Predictions, 95% intervals of a further model$/m,
      /^Warnings$/m,
    ])
      expect(text).toMatch(heading);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('says which families have no line, and why', () => {
    expect(text).toMatch(/too few models for a line: Llama-3 \(2\)/);
    expect(text).toMatch(/compute not known: Qwen2, Mistral/);
    // Below the cutoff there is one model of Llama-2.
    expect(text).toMatch(/Llama-2 +1e24 .* no line below the cutoff/);
  });

  it('compares the ways to predict, and lists the largest held-out models', () => {
    expect(text).toMatch(/its other benchmarks +46 +0\.087/);
    expect(text).toMatch(/compute alone +46 +0\.203/);
    expect(text).toContain('meta-llama/Meta-Llama-3.1-405B-FP8');
    expect(text).toContain('and 34 with less compute');
  });

  it('leaves out what was not asked for', () => {
    const made = madeUpModels({ families: 2, models: 4, slope: 0.3, spread: 0.05, noise: 0.01, seed: 1 });
    const plain = formatObservation(observe(made, { resamples: 0 }), { width: 60 });
    expect(plain).not.toMatch(/Task|Predictions|filled in|errors from/);
    expect(plain).toMatch(/^ {2}1 +\d\d\.\d%/m);
  });
});

describe('the JSON of an observation', () => {
  const json = observationToJson(observation);

  it('is plain JSON with all models', () => {
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.models).toHaveLength(148);
    expect(json.models.filter(({ flops }) => flops === null)).toHaveLength(25);
    expect(json.capabilities).toMatchObject({ models: 148, complete: 112 + 12, imputed: 40 });
  });

  it('has the held-out models with every way, and how wide intervals have to be', () => {
    expect(json.task?.holdout).toMatchObject({ cutoff: 8.4e22, train: 77, test: 46 });
    expect(json.task?.holdout?.models[0]).toMatchObject({ family: expect.any(String) as string });
    expect(json.task?.calibration.capabilities.cuts).toHaveLength(5);
    expect(json.task?.calibration.capabilities.tenfold.factor).toBeGreaterThanOrEqual(1);
    expect(json.predictions.map(({ family, task }) => [family, task === null])).toEqual([
      ['OPT', false],
      ['Llama-2', true],
    ]);
  });
});
