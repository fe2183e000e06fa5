import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]);

describe('README.md', () => {
  it('has a library example that runs as it stands', () => {
    const [example] = blocks('ts');
    // A file in the checkout, so that `isoflop` resolves to this package itself.
    const file = join(root, `readme-example-${process.pid}.mjs`);
    writeFileSync(file, example);
    try {
      const out = execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
      expect(out).toContain('0.0010182740178');
      expect(out).toMatch(/params: 7319\d{7}\./);
      expect(out).toMatch(/lower: Float64Array/);
    } finally {
      rmSync(file);
    }
  });

  it('gives the test command that .ci/run runs', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8').trimEnd().split('\n').pop();
    expect(blocks('sh')[0]).toContain(ci);
  });
});
