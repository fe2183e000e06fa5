import { everyCommand, type DescribedCommand, type Value } from './describe.ts';

const quote = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

/** The completion of fish: one line for each command, option and argument, with the place where it may stand. */
export function fishScript(program: DescribedCommand, name: string): string {
  const lines = everyCommand(program).flatMap((command) => {
    const words = command.path.join(' ');
    const first = `-n ${quote(`__${name}_after ${words}`.trim())}`;
    const below = command.commands.map(({ path }) => `; and not __${name}_at ${path.join(' ')}`);
    const at = words === '' ? first : `-n ${quote(`__${name}_at ${words}${below.join('')}`)}`;
    return [
      ...command.commands.map(({ path, summary }) => `${first} -a ${path.at(-1) ?? ''} -d ${quote(summary)}`),
      ...command.options.map(({ names, description, value }) =>
        [
          at,
          ...names.map((option) => (option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`)),
          ...(value === null ? [] : [valueOf(value)]),
          `-d ${quote(description)}`,
        ].join(' '),
      ),
      ...(command.argument === null ? [] : [`${at} ${argumentOf(command.argument)}`]),
    ];
  });
  return `# Completion of ${name} for fish: ${name} completion fish | source
# Whether the words before the one at the cursor begin with these, or are these alone.
function __${name}_at
    set -l words (commandline -opc)[2..-1]
    test "$words[1..$(count $argv)]" = "$argv"
end
function __${name}_after
    set -l words (commandline -opc)[2..-1]
    test "$words" = "$argv"
end
complete -c ${name} -f
${lines.map((line) => `complete -c ${name} ${line}`).join('\n')}
`;
}

function valueOf(value: Value): string {
  switch (value.kind) {
    case 'files':
      return '-r -F';
    case 'folders':
      return `-x -a '(__fish_complete_directories)'`;
    case 'words':
      return `-x -a ${quote(value.isList ? `(__fish_append , ${value.words.join(' ')})` : value.words.join(' '))}`;
    case 'anything':
      return '-x';
  }
}

const argumentOf = (value: Value): string => (value.kind === 'files' ? '-F' : valueOf(value).replace('-x ', ''));
