import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { objectives } from '../../src/fit/objectives/index.ts';
import { laws } from '../../src/laws/index.ts';
import { figures } from '../../src/plots/index.ts';
import { knownValues } from '../../src/cli/completion/knownValues.ts';
import { folderWith, isoflop } from './run.ts';

const run = promisify(execFile);
const isThere = async (shell: string): Promise<boolean> =>
  run(shell, ['-c', 'exit 0']).then(
    () => true,
    () => false,
  );

/** Asks a shell what may follow the words, of which the last is being written; `folder` is where it stands. */
type Ask = (words: readonly string[], script: string, folder: string) => Promise<string[]>;

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const bash: Ask = async (words, script, folder) => {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const code = `source ${script}
    COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _isoflop; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf((await run('bash', ['--norc', '-c', code], { cwd: folder })).stdout);
};

/** zsh completes in a terminal only: one is made, and `compadd` tells what it gets. */
const zsh: Ask = async (words, script, folder) => {
  const inside = `PROMPT='at the prompt> '; autoload -Uz compinit; compinit -D -u; source ${script}
compadd () {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a __hits; builtin compadd -A __hits "$@"
  (( $#__hits )) && print -l -- $__hits >> found
  builtin compadd "$@"
}
bindkey '^I' complete-word`;
  await writeFile(join(folder, 'inside.zsh'), inside);
  const code = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "source inside.zsh"
    zpty -r -m z seen '*at the prompt>*'; rm -f found; zpty -w -n z "${words.join(' ').replaceAll(/["$\\]/g, String.raw`\$&`)}"$'\\t'
    zpty -w -n z $'\\C-u'"print DO''NE"$'\\n'; zpty -r -m z seen '*DONE*'; cat found 2>/dev/null; true`;
  const { stdout } = await run('zsh', ['-f', '-c', code], { cwd: folder, timeout: 20_000 });
  return [...new Set(linesOf(stdout))];
};

const fish: Ask = async (words, script, folder) => {
  const code = `source ${script}; complete -C "${words.join(' ')}"`;
  const { stdout } = await run('fish', ['--no-config', '-c', code], { cwd: folder });
  return linesOf(stdout).map((line) => line.split('\t')[0]);
};

const shells = await Promise.all(
  Object.entries({ bash, zsh, fish }).map(async ([name, ask]) => ({ name, ask, there: await isThere(name) })),
);

describe.each(shells)('the script for $name', ({ name, ask, there }) => {
  let script: string;
  beforeAll(async () => {
    const { stdout, status } = await isoflop(['completion', name]);
    expect(status).toBe(0);
    script = stdout;
  });
  const follow = async (...words: string[]): Promise<string[]> => {
    const folder = await folderWith({ 'script.txt': script, 'runs.csv': '', 'a fit.json': '' });
    await mkdir(join(folder, 'fits'));
    await writeFile(join(folder, 'fits/mine.json'), '');
    return (await ask(['isoflop', ...words], 'script.txt', folder)).map((word) =>
      word.replace(/^--?[\w-]+=/, '').trim(),
    );
  };

  it.skipIf(!there)('completes commands, options, choices, lists and files', async () => {
    expect(await follow('pr')).toEqual(expect.arrayContaining(['predict', 'probe', 'profile']));
    expect(await follow('pr')).not.toContain('fit');
    expect(await follow('sweep', 's')).toContain('status');
    expect(await follow('fit', '--boot')).toEqual(['--bootstrap']);
    expect(await follow('plot', '--boot')).toEqual([]);
    expect(await follow('fit', '--law', 'mult')).toEqual(
      laws.map(({ id }) => id).filter((id) => id.startsWith('mult')),
    );
    expect((await follow('fit', 'runs.csv', '--objective', '')).sort()).toEqual(objectives.map(({ id }) => id).sort());
    expect(await follow('fit', '--covariance', 'sa')).toEqual(['sandwich']);
    expect(
      (await follow('plot', 'x.json', '--figure', 'contour,iso')).map((word) => word.replace(/^contour,/, '')),
    ).toEqual(figures.map(({ id }) => id).filter((id) => id.startsWith('iso')));
    expect(await follow('laws', 'skal')).toEqual(['skaling']);
    expect((await follow('predict', 'fits/')).map((path) => path.replace('fits/', ''))).toEqual(['mine.json']);
    expect(await follow('fit', 'ru')).toEqual(['runs.csv']);
    expect((await follow('serve', '--data', 'f')).map((path) => path.replace('/', ''))).toEqual(['fits']);
    expect(await follow('predict', 'x.json', '--params', '')).toEqual([]);
    if (name !== 'bash') return;
    // bash takes = for a word of its own, and names with spaces for one only if it is told so.
    expect(await follow('fit', '--law', '=', 'skal')).toEqual(['skaling']);
    expect(await follow('fit', '--covariance', '=')).toEqual(['sandwich', 'classical']);
    expect(await follow('predict', 'a')).toEqual(['a fit.json']);
  });
});

it('knows every option by which a table of the library is meant', async () => {
  const { stdout } = await isoflop(['completion', 'bash']);
  for (const [key, value] of knownValues)
    if (value.kind === 'words') expect(stdout, key).toContain(value.words.join(' '));
});

it('refuses another shell', async () => {
  expect(await isoflop(['completion', 'tcsh'])).toMatchObject({ status: 2 });
});
