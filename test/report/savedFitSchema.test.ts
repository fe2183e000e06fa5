import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fitSchema } from '../../src/report/fitSchema.ts';

it('is published by the build as isoflop/schema/fit.json', async () => {
  const published = await readFile(join(import.meta.dirname, '../../dist/schema/fit.json'), 'utf8');
  expect(JSON.parse(published)).toEqual(fitSchema);
});
