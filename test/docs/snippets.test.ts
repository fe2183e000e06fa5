import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSweep, readYaml, resolveRun, checkedRun } from '../../src/proxy/index.ts';
import { isLong } from '../helpers/long.ts';
import { outcomeOf, start, type Outcome } from '../cli/run.ts';
import { startCommands, type Commands } from '../cli/commands.ts';
import { wordsOf } from './commands.ts';
import { notRun, notRunBlocks } from './notRun.ts';
import { blocksOf, commandsOf, pages, root, textOf, type Block } from './pages.ts';
import { stagePage } from './stage.ts';

/** Pages whose blocks are notes on data and changes, not documentation. */
const snippetPages = pages.filter((page) => !['CHANGELOG.md', 'data/README.md', 'fonts/README.md'].includes(page));

/** 0, or what the page says in a comment behind the command. */
const expectedStatus = (command: string): number => Number(/# exit status (\d)/.exec(command)?.[1] ?? 0);

let commands: Commands;
beforeAll(() => {
  commands = startCommands();
});
afterAll(() => {
  commands.stop();
});

const isListed = (page: string, command: string): boolean =>
  notRun.some((entry) => entry.page === page && entry.command.test(command) && !(isLong && entry.isLong === true));

/** Runs a command of isoflop in a folder; a server is stopped as soon as it listens. */
async function runCommand(folder: string, command: string): Promise<Outcome> {
  const [, ...args] = wordsOf(command.replace(/^npx /, ''));
  if (args[0] !== 'serve') return commands.run({ folder, args });
  const server = start([...args, '--port', '0'], { cwd: folder, env: { ISOFLOP_TOKEN: 'a-token-of-24-characters' } });
  const outcome = outcomeOf(server);
  if (server.stdout !== null) await Promise.race([once(server.stdout, 'data'), outcome]);
  server.kill('SIGTERM');
  return outcome;
}

/** Whether an output has the lines that a page shows of it, where `...` stands for anything, in a line and for lines. */
function shows(output: string, shown: string): boolean {
  const plain = output.replaceAll(/[ \t]+$/gm, '');
  const parts = shown
    .trimEnd()
    .split(/^\s*\.\.\.\n/m)
    .map((part) =>
      part
        .trimEnd()
        .split('...')
        .map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
        .join('.*'),
    );
  return new RegExp(parts.join('[^]*')).test(plain);
}

/** Runs the commands of a page and compares what it shows of them; what a page shows of a command that is not run, is not. */
async function checkCommands(page: string, blocks: readonly Block[]): Promise<void> {
  const folder = await stagePage(page);
  try {
    let last: { readonly outputs: string[]; readonly wasRun: boolean } | undefined;
    for (const block of blocks) {
      const where = `${page}:${String(block.line)}`;
      if (block.language === 'sh') {
        const outputs: string[] = [];
        const own = commandsOf(block);
        for (const command of own) {
          if (isListed(page, command)) continue;
          expect(command, `${where}: not isoflop's, and not in test/docs/notRun.ts`).toMatch(/^(npx )?isoflop /);
          const { status, stdout, stderr } = await runCommand(folder, command);
          expect(status, `${where}: ${command}\n${stderr}`).toBe(expectedStatus(command));
          outputs.push(stdout, stderr);
        }
        last = { outputs, wasRun: !own.some((command) => isListed(page, command)) };
      } else if (last?.wasRun === true && (block.language === 'text' || block.language === '')) {
        const { outputs } = last;
        expect(
          outputs.some((output) => shows(output, block.text)),
          `${where} is not in\n${outputs.join('\n')}`,
        ).toBe(true);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs an example as a module of the checkout, so that `isoflop` resolves to this package itself. */
async function checkExample(page: string, { text, line }: Block): Promise<void> {
  const module = join(root, `docs-example-${String(process.pid)}.mjs`);
  writeFileSync(module, text);
  try {
    // Notebooks run in their folder; all others say paths of the repository.
    const folder = page.startsWith('notebooks/') ? join(root, dirname(page)) : root;
    const { status, stdout, stderr } = await commands.run({ folder, module });
    expect(status, `${page}:${String(line)}: ${stderr}`).toBe(0);
    const printed = stdout === '' ? [] : stdout.trim().split('\n');
    const said = [...text.matchAll(/console\.log\(.*\); \/\/ (\S+)/g)].map((match) => match[1]);
    expect(printed, page).toHaveLength(said.length);
    for (const [k, value] of said.entries()) expect(printed[k].startsWith(value), printed[k]).toBe(true);
  } finally {
    rmSync(module);
  }
}

/** Reads a run or a sweep as `isoflop train` and `isoflop sweep` do. */
async function checkYaml(page: string, { text }: Block): Promise<void> {
  const file = join(root, `docs-example-${String(process.pid)}.yaml`);
  await writeFile(file, text);
  try {
    const document = await readYaml(file);
    if (text.includes('\nbase:')) expect(planSweep(document).runs.length, page).toBeGreaterThan(0);
    else expect(resolveRun(document, checkedRun(document, document.value)).name, page).not.toBe('');
  } finally {
    await rm(file);
  }
}

/** The pages of laws are made from one template: every third of them stands for all, but in `npm run test:long`. */
const isTurn = (page: string, k: number): boolean => isLong || !page.startsWith('docs/laws/') || k % 3 === 0;
const tried = snippetPages.filter((page) => /^(`{3,})/m.test(textOf(page))).filter(isTurn);

describe.each(tried)('%s', (page) => {
  const blocks = blocksOf(textOf(page));
  const inLanguage = (language: string): Block[] =>
    blocks.filter(
      (block) =>
        block.language === language &&
        !notRunBlocks.some((entry) => entry.page === page && entry.language === language),
    );

  it('has commands that run, and print what it shows', async () => {
    await checkCommands(page, blocks);
  });

  if (inLanguage('ts').length > 0)
    it('has examples that run, and print what they say', async () => {
      for (const block of inLanguage('ts')) await checkExample(page, block);
    });

  if (inLanguage('yaml').length > 0)
    it('has configurations that isoflop reads', async () => {
      for (const block of inLanguage('yaml')) await checkYaml(page, block);
    });

  it('has no other snippets than those that are run or listed', () => {
    for (const { text } of inLanguage('json')) JSON.parse(text);
    for (const { language } of blocks.filter(
      ({ language }) => !['sh', 'ts', 'yaml', 'json', 'text', ''].includes(language),
    ))
      expect(inLanguage(language), `${page}: ${language}`).toEqual([]);
  });
});

describe('the list of what is not run', () => {
  it('has only commands and blocks that are on their pages, and a reason for each', () => {
    for (const { page, command, reason } of notRun) {
      const all = blocksOf(textOf(page))
        .filter(({ language }) => language === 'sh')
        .flatMap(commandsOf);
      expect(
        all.some((line) => command.test(line)),
        `${page}: ${String(command)}`,
      ).toBe(true);
      expect(reason).not.toBe('');
    }
    for (const { page, language, reason } of notRunBlocks) {
      expect(
        blocksOf(textOf(page)).map((block) => block.language),
        page,
      ).toContain(language);
      expect(reason).not.toBe('');
    }
  });
});
