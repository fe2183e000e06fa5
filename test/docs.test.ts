import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);

/** The help of a command, which many pages name. */
const help = new Map<string, string>();

describe.each(pages)('docs/%s', (page) => {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const blocks = (language: string): string[] =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]);

  it('links to files that exist', () => {
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(existsSync(join(root, 'docs', dirname(page), target)), target).toBe(true);
  });

  it('has examples that run and print what they say', () => {
    for (const [k, example] of blocks('ts').entries()) {
      const file = join(root, `docs-example-${process.pid}-${k}.mjs`);
      writeFileSync(file, example);
      try {
        const printed = execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' }).trim().split('\n');
        const said = [...example.matchAll(/console\.log\(.*\); \/\/ (\S+)/g)].map((match) => match[1]);
        expect(printed).toHaveLength(said.length);
        for (const [i, value] of said.entries()) expect(printed[i].startsWith(value), printed[i]).toBe(true);
      } finally {
        rmSync(file);
      }
    }
  });

  it('names options that exist', () => {
    const lines = blocks('sh').flatMap((block) => block.split('\n').filter((line) => line.startsWith('isoflop ')));
    for (const line of lines) {
      const [, command] = line.split(' ');
      if (!help.has(command))
        help.set(
          command,
          execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), command, '--help'], { encoding: 'utf8' }),
        );
      for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(help.get(command), line).toContain(option);
    }
  });
});
