import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { version } from '../../src/core/version.ts';

it('the version in the code is that of package.json', () => {
  expect(version).toBe(manifest.version);
});
