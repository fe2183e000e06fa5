import { describe, expect, it } from 'vitest';
import { findColumn, normaliseName, parseColumnsOption, recognise } from '../../src/runs/columns.ts';

describe('recognise', () => {
  it.each([
    ['params', 'n N n_params N-Params model_size num_params Model.Size params_total PARAMS'],
    ['tokens', 'd D n_tokens training_tokens tokens_trained tokens_seen tokens num_tokens token_num'],
    ['flops', 'c C compute training_flop training_flops flops'],
    ['loss', 'loss val_loss eval_loss eval/loss final_loss test_loss Loss'],
    ['step', 'step Step steps'],
    ['run', 'run run_id name model_name'],
    ['family', 'family Family'],
    ['seed', 'seed'],
    ['learningRate', 'lr learning_rate LearningRate learningRate'],
    ['batchSize', 'batch batch_size bs'],
  ])('knows the names of %s', (quantity, names) => {
    for (const name of names.split(' ')) expect(recognise(quantity, ['other', name])).toEqual([name]);
  });

  it('reads names with spaces', () => {
    expect(recognise('params', ['Model Size'])).toEqual(['Model Size']);
    expect(recognise('flops', ['Training FLOP'])).toEqual(['Training FLOP']);
  });

  it.each([
    ['loss', ['val_loss', 'loss']],
    ['loss', ['Loss', 'loss']],
    ['params', ['size', 'N', 'params']],
    ['tokens', ['token_num', 'tokens']],
    ['learningRate', ['lr', 'learning_rate']],
  ])('takes the best name of %s in %j, whatever the order', (quantity, header) => {
    const best = recognise(quantity, header);
    expect(best).toHaveLength(1);
    expect(recognise(quantity, header.toReversed())).toEqual(best);
    expect(best).toEqual([header.at(-1)]);
  });

  it('prefers the names of the contract to other spellings', () => {
    expect(recognise('params', ['size', 'n_params'])).toEqual(['n_params']);
    expect(recognise('tokens', ['D', 'token_num'])).toEqual(['D']);
  });

  it('returns all that match equally well', () => {
    expect(recognise('loss', ['test_loss', 'val_loss'])).toEqual(['val_loss', 'test_loss']);
  });

  it('does not confuse columns that only contain a name', () => {
    const header = ['D/N', 'smooth loss', 'tokens_per_epoch', 'N_no_embed', 'loss_c4_val', 'cooldown_lr', 'warmup', ''];
    for (const quantity of ['params', 'tokens', 'flops', 'loss', 'learningRate', 'run']) {
      expect(recognise(quantity, header)).toEqual([]);
    }
  });

  it('is not misled by names that objects inherit', () => {
    expect(recognise('constructor', ['N'])).toEqual([]);
  });
});

describe('findColumn', () => {
  it('prefers the exact name', () => {
    expect(findColumn('loss', ['Loss', 'loss'], 'f')).toBe(1);
    expect(findColumn('model_size', ['x', 'Model Size'], 'f')).toBe(1);
    expect(findColumn('nothing', ['x'], 'f')).toBe(-1);
    expect(findColumn('', ['x'], 'f')).toBe(-1);
  });

  it('refuses a name that fits two columns', () => {
    expect(() => findColumn('LOSS', ['Loss', 'loss'], 'f.csv')).toThrow(
      expect.objectContaining({
        code: 'COLUMN_AMBIGUOUS',
        message: expect.stringContaining('"Loss" and "loss"') as string,
      }),
    );
  });
});

describe('parseColumnsOption', () => {
  it('reads pairs', () => {
    expect(parseColumnsOption('params=N, tokens=D ,loss=L')).toEqual({ params: 'N', tokens: 'D', loss: 'L' });
  });

  it('keeps commas inside parentheses, quotes and backticks', () => {
    expect(parseColumnsOption('tokens=max(a, min(b,c)),loss=`x,y`,run="p,q"')).toEqual({
      tokens: 'max(a, min(b,c))',
      loss: '`x,y`',
      run: '"p,q"',
    });
  });

  it('takes the first = as the separator', () => {
    expect(parseColumnsOption('loss=a=b')).toEqual({ loss: 'a=b' });
  });

  it('understands other spellings of a quantity', () => {
    expect(parseColumnsOption('N=x,lr=y,batch_size=z,LOSS=w')).toEqual({
      params: 'x',
      learningRate: 'y',
      batchSize: 'z',
      loss: 'w',
    });
    expect(parseColumnsOption({ params: 'N' })).toEqual({ params: 'N' });
  });

  it('accepts quantities that the caller adds', () => {
    expect(parseColumnsOption('uniqueTokens=u', ['uniqueTokens'])).toEqual({ uniqueTokens: 'u' });
  });

  it.each(['params', 'params=', '=N', 'params=N,', 'params=N,,loss=L', '', 'params=N,params=M', 'params=N,n=M'])(
    'refuses %j',
    (option) => {
      expect(() => parseColumnsOption(option)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('--columns') as string }),
      );
    },
  );

  it('suggests the nearest quantity', () => {
    expect(() => parseColumnsOption('tokns=D')).toThrow(
      expect.objectContaining({
        code: 'QUANTITY_UNKNOWN',
        message: expect.stringContaining('Did you mean "tokens"?') as string,
      }),
    );
  });
});

it('normalises names without case and separators', () => {
  expect(normaliseName('Training FLOP')).toBe(normaliseName('training_flop'));
  expect(normaliseName('val/loss')).toBe('valloss');
});
