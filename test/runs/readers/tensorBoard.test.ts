import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../../src/core/tensorBoard/records.ts';
import { openEventFile } from '../../../src/proxy/record/tensorBoard.ts';
import { readRuns } from '../../../src/runs/files.ts';
import { fixture, fixtureLoss, fixtureStep, folderWith } from '../../helpers/formats.ts';

const simple = fixture('tensorboard', 'simple', 'events.out.tfevents.0.host');

describe('TensorBoard events', () => {
  it('reads scalars of tensorboardX, without histograms and texts', async () => {
    const runs = await readRuns(simple, { params: 1e7, tokensPerStep: fixtureStep, extra: ['train/loss'] });
    expect(runs.rows).toBe(5);
    expect(runs.conventions.columns).toEqual({
      params: '10000000',
      tokens: '524288 * step',
      loss: 'eval/loss',
      step: 'step',
      learningRate: 'train/lr',
      run: 'run',
    });
    runs.quantities.step?.forEach((step, i) => {
      expect(runs.quantities.loss?.[i]).toBeCloseTo(fixtureLoss(1e7, step * fixtureStep), 6);
    });
    expect(runs.categories.run?.labels).toEqual(['simple']);
  });

  it('reads scalars that are tensors, as TensorFlow 2 writes them', async () => {
    const runs = await readRuns(fixture('tensorboard', 'tensors'), { params: 1e8 });
    expect(runs.rows).toBe(5);
    runs.quantities.tokens?.forEach((tokens, i) => {
      expect(runs.quantities.loss?.[i]).toBeCloseTo(fixtureLoss(1e8, tokens), 6);
    });
  });

  it('reads a file that ends within a record up to there, and says so', async () => {
    const bytes = await readFile(simple);
    const folder = await folderWith({ 'run/events': bytes.subarray(0, 1000) });
    const runs = await readRuns(folder, { columns: 'loss=train/loss' });
    const [warning] = runs.warnings.filter(({ code }) => code === 'FILE_TRUNCATED');
    expect(warning.message).toMatch(/events was read up to byte \d+ of 1000: the last record is not complete\.$/);
    expect(runs.rows).toBeGreaterThan(3);
    expect(runs.rows).toBeLessThan(10);
  });

  it('stops at a record that does not agree with its checksum', async () => {
    const bytes = await readFile(simple);
    bytes[900] ^= 1;
    const folder = await folderWith({ 'run/events': bytes });
    const runs = await readRuns(folder, { columns: 'loss=train/loss' });
    expect(runs.warnings.map(({ code }) => code)).toContain('FILE_TRUNCATED');
  });

  it('refuses records that hold no events, and events without scalars', async () => {
    const noEvent = Buffer.concat([await readFile(simple), encodeRecord(Uint8Array.of(0x0a, 0xff, 0xff))]);
    const folder = await folderWith({ 'a/events': noEvent, 'b/events': (await readFile(simple)).subarray(0, 40) });
    await expect(readRuns(join(folder, 'a'))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    await expect(readRuns(join(folder, 'b'))).rejects.toMatchObject({ code: 'FILE_WITHOUT_ROWS' });
  });

  it('reads the files of one folder as one run, the later value of a step first', async () => {
    const folder = await folderWith({});
    for (const [name, steps] of [
      ['1', [10, 20, 30]],
      ['2', [30, 40]],
    ] as const) {
      const file = await openEventFile(join(folder, `events.out.tfevents.${name}`));
      for (const step of steps) await file.add(step, { 'loss/val': step / 10 + Number(name) });
      await file.close();
    }
    const runs = await readRuns(folder);
    expect(runs.sources).toHaveLength(1);
    expect([...(runs.quantities.loss ?? [])]).toEqual([2, 3, 5, 6]);
  });

  it('gives back what isoflop train writes, wherever the file is cut', async () => {
    const folder = await folderWith({});
    let k = 0;
    const row = fc.record({
      loss: fc.float({ min: 1, max: 9, noNaN: true }),
      lr: fc.float({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), fc.nat(), async (rows, cut) => {
        const path = join(folder, String(k++), 'events.out.tfevents.x');
        await import('node:fs/promises').then(({ mkdir }) => mkdir(join(path, '..')));
        const file = await openEventFile(path, { now: () => 0 });
        for (const [i, { loss, lr }] of rows.entries()) await file.add(i + 1, { 'loss/val': loss, lr });
        await file.close();
        const runs = await readRuns(path);
        expect([...(runs.quantities.loss ?? [])]).toEqual(rows.map(({ loss }) => loss));
        expect([...(runs.quantities.learningRate ?? [])]).toEqual(rows.map(({ lr }) => lr));

        const { writeFile } = await import('node:fs/promises');
        const bytes = await readFile(path);
        await writeFile(path, bytes.subarray(0, 40 + (cut % (bytes.length - 40))));
        const part = await readRuns(path).catch((error: unknown) => error);
        if (part instanceof Error) expect(part).toMatchObject({ code: 'FILE_WITHOUT_ROWS' });
        else {
          const losses = [...((part as typeof runs).quantities.loss ?? [])];
          expect(losses).toEqual(rows.map(({ loss }) => loss).slice(0, losses.length));
        }
      }),
      { seed: 7, numRuns: 40 },
    );
  });
});
