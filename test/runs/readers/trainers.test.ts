import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRuns } from '../../../src/runs/files.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { fixture, fixtureLoss, fixtureStep, folderWith } from '../../helpers/formats.ts';

/** Rows as [tokens, loss]. */
const points = ({ quantities, rows }: Runs): (readonly [number, number])[] =>
  Array.from({ length: rows }, (_, i) => [quantities.tokens?.[i] ?? NaN, quantities.loss?.[i] ?? NaN]);

describe('trainer_state.json', () => {
  const seen = fixture('trainer', 'seen', 'trainer_state.json');

  it('gives evaluations, the learning rate of the same step, and the size of config.json', async () => {
    const runs = await readRuns(seen, { needs: ['params', 'tokens', 'loss'] });
    expect(runs.rows).toBe(5);
    expect(runs.categories.run?.labels).toEqual(['seen']);
    expect(runs.conventions.columns).toMatchObject({
      params: 'params (config.json)',
      tokens: 'num_input_tokens_seen',
      loss: 'eval_loss',
    });
    const params = runs.quantities.params?.[0] ?? NaN;
    expect(params).toBe(954_112);
    for (const [tokens, loss] of points(runs)) expect(loss).toBeCloseTo(fixtureLoss(params, tokens), 12);
    expect([...(runs.quantities.learningRate ?? [])]).toEqual(
      [200, 400, 600, 800, 1000].map((s) => 1e-3 * (1 - s / 1000)),
    );
  });

  it('gives the loss of training where asked for', async () => {
    const runs = await readRuns(seen, { columns: 'loss=loss' });
    expect(runs.rows).toBe(10);
    expect(runs.quantities.loss?.[0]).toBeCloseTo(fixtureLoss(954_112, 100 * fixtureStep) + 0.1, 3);
  });

  it('counts tokens from total_flos, and reads the last of the checkpoints of a run', async () => {
    const runs = await readRuns(fixture('trainer', 'flos'), { needs: ['params', 'tokens', 'loss'] });
    expect(runs.rows).toBe(5);
    expect(runs.sources[0].name).toContain('checkpoint-1000');
    const [params] = runs.quantities.params ?? [];
    for (const [tokens, loss] of points(runs)) expect(loss).toBeCloseTo(fixtureLoss(params, tokens), 12);
    const passed = runs.warnings.find(({ code }) => code === 'FILES_PASSED_OVER')?.message;
    expect(passed).toContain('checkpoint-400/trainer_state.json: ');
    expect(passed).toContain('has the whole history of the run');
  });

  it('says why there are no tokens, and takes those of a step', async () => {
    const bare = fixture('trainer', 'bare');
    await expect(readRuns(bare, { needs: ['tokens', 'loss'] })).rejects.toThrow(
      /no column for tokens.*it has neither num_input_tokens_seen nor total_flos\. .*--tokens-per-step/,
    );
    const runs = await readRuns(bare, { tokensPerStep: fixtureStep, needs: ['params', 'tokens', 'loss'] });
    for (const [tokens, loss] of points(runs)) expect(loss).toBeCloseTo(fixtureLoss(172_416, tokens), 12);
  });

  it('says why there is no size', async () => {
    const state = await readFile(seen);
    const needs = ['params'];
    const folder = await folderWith({
      'a/trainer_state.json': state,
      'b/trainer_state.json': state,
      'b/config.json': '{"model_type":"resnet"}',
    });
    await expect(readRuns(join(folder, 'a'), { needs })).rejects.toThrow('there is no config.json beside it');
    await expect(readRuns(join(folder, 'b'), { needs })).rejects.toThrow('the model_type "resnet" in config.json');
  });

  it('refuses a damaged one', async () => {
    const state = await readFile(seen, 'utf8');
    const folder = await folderWith({
      'a.json': state.slice(0, 1500),
      'b.json': '{"global_step": 1, "log_history": {}}',
      'c.json': '{"global_step": 1, "log_history": []}',
    });
    await expect(readRuns(join(folder, 'a.json'))).rejects.toThrow(/it ends in line \d+ before it is complete/);
    await expect(readRuns(join(folder, 'b.json'))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    await expect(readRuns(join(folder, 'c.json'))).rejects.toMatchObject({ code: 'FILE_WITHOUT_ROWS' });
  });
});

describe('Weights & Biases', () => {
  it.each(['small.jsonl', 'small.json', 'small-columns.json', 'small-history.csv'])(
    'reads a history: %s',
    async (name) => {
      const runs = await readRuns(fixture('wandb', name), { params: 1e7 });
      expect(runs.rows).toBe(4);
      expect(runs.conventions.columns).toMatchObject({ loss: 'val/loss', tokens: 'train/tokens', step: '_step' });
      for (const [tokens, loss] of points(runs)) expect(loss).toBeCloseTo(fixtureLoss(1e7, tokens), 9);
      expect(runs.categories.run?.labels).toEqual([name.replace(/\.[a-z]+$/, '')]);
    },
  );

  it('reads the export of a chart, a row for each run', async () => {
    const text =
      '"Step","small - eval/loss","small - eval/loss__MIN","small - eval/loss__MAX","big - one - eval/loss","big - one - eval/loss__MIN","big - one - eval/loss__MAX"\n' +
      '"100","4.5","4.5","4.5","4.25","4.25","4.25"\n"200","4.25","4.25","4.25","","",""\n';
    const folder = await folderWith({ 'wandb_export_2026.csv': text });
    const runs = await readRuns(folder, { tokensPerStep: 1e6 });
    expect(runs.rows).toBe(3);
    expect([...(runs.quantities.step ?? [])]).toEqual([100, 100, 200]);
    expect([...(runs.quantities.loss ?? [])]).toEqual([4.5, 4.25, 4.25]);
    expect(runs.categories.run?.labels).toEqual(['small', 'big - one']);
    expect([...runs.lines]).toEqual([2, 2, 3]);
  });
});

describe('other tables', () => {
  it("reads nanochat's results.csv, bits per byte as the loss", async () => {
    const text =
      'flops_budget,depth,model_dim,params_wte,params_value_embeds,params_lm_head,params_transformer,params_scalars,params_total,num_iterations,tokens_trained,val_bpb,core_score,train_time_sec\n' +
      '1e18,10,640,20971520,0,20971520,49152000,20,91095060,4000,2097152000,0.91,0.1,900\n';
    const runs = await readRuns(await folderWith({ 'results.csv': text }));
    expect(runs.conventions.columns).toMatchObject({
      params: 'params_total',
      tokens: 'tokens_trained',
      loss: 'val_bpb',
    });
    expect(runs.quantities.flops?.[0]).toBe(1e18);
    expect(runs.warnings.map(({ code }) => code)).toContain('LOSS_UNIT');
  });

  const ladder = (rows: string): string =>
    `_step,eval/c4_en-validation/CrossEntropyLoss,eval/pile-validation/CrossEntropyLoss,throughput/total_tokens,optim/learning_rate_group0,batch_size_in_tokens\n${rows}`;

  it("reads OLMo's ladder by its configuration, which names the files and their sizes", async () => {
    const folder = await folderWith({
      'scripts/scaling/final.json': JSON.stringify(
        {
          '190m': { paths: ['scripts/scaling/data/x/190M-1xC.csv'], mode: 'train', n: 190354176, label: '190m' },
          '1b': { path: 'scripts/scaling/data/x/1B-1xC.csv', mode: 'eval', n: 1279395840 },
        },
        null,
        4,
      ),
      'scripts/scaling/data/x/190M-1xC.csv': ladder(
        '200,6.0,6.4,104857600.0,0.0005,524288\n400,5.1,5.0,209715200.0,0.0009,524288\n',
      ),
      'scripts/scaling/data/x/1B-1xC.csv': ladder('200,5.0,5.4,104857600.0,0.0005,524288\n'),
    });
    const runs = await readRuns(folder, { extra: ['mode (configuration)'] });
    expect(runs.rows).toBe(3);
    expect([...(runs.quantities.params ?? [])]).toEqual([190354176, 190354176, 1279395840]);
    expect([...(runs.quantities.loss ?? [])]).toEqual([6, 5.1, 5]);
    expect([...(runs.quantities.batchSize ?? [])]).toEqual([524288, 524288, 524288]);
    expect(runs.categories.run?.labels).toEqual(['190M-1xC', '1B-1xC']);
    expect(runs.categories['mode (configuration)']?.labels).toEqual(['train', 'eval']);
    const one = await readRuns(join(folder, 'scripts/scaling/data'), { params: 190354176 });
    expect(one.rows).toBe(3);
    await expect(readRuns(join(folder, 'scripts/scaling/data'), { needs: ['params'] })).rejects.toThrow(
      'the ladder keeps in its configuration',
    );
  });

  it('says which file of a ladder is not there', async () => {
    const config = '{"a": {"paths": ["data/missing.csv"], "n": 1000}}';
    await expect(readRuns(await folderWith({ 'c.json': config }))).rejects.toThrow('data/missing.csv (named in');
  });

  it('reads a sweep once, although its runs have tables of their own', async () => {
    const csv = 'run,step,params,tokens,loss\na,1,1000,5000,3\na,2,1000,9000,2\n';
    const folder = await folderWith({
      'sweep.json': JSON.stringify(
        { name: 's', runs: [{ name: 'a', family: null, corpus: { kind: 'markov' } }] },
        null,
        2,
      ),
      'runs.csv': csv,
      'a/metrics.csv': csv,
      'a/config.json': '{"config": {}}',
    });
    const runs = await readRuns(folder);
    expect(runs.rows).toBe(2);
    expect(runs.warnings.map(({ code }) => code)).toEqual(['FILES_PASSED_OVER']);
    expect((await readRuns(join(folder, 'a'))).rows).toBe(2);
  });
});
