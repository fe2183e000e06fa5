import type { DescribedCommand, DescribedOption, Value } from './describe.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** A text inside the specification of an option, where colons and brackets mean something. */
const plain = (text: string): string => text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);

/** The completion of zsh: one function a command, each of which hands its options to `_arguments`. */
export function zshScript(program: DescribedCommand, name: string): string {
  const nameOf = ({ path }: DescribedCommand): string => ['', name, ...path].join('_');
  const functions: string[] = [];
  const add = (command: DescribedCommand): void => {
    const options = command.options.map(optionSpec);
    if (command.commands.length === 0)
      functions.push(`${nameOf(command)}() {\n  ${call([...options, ...argumentSpec(command.argument)])}\n}`);
    else {
      const described = command.commands.map(({ path, summary }) => quote(`${path.at(-1) ?? ''}:${plain(summary)}`));
      const others = command.argument === null ? '' : `\n      ${action(command.argument)}`;
      const cases = command.commands.map((part) => `        ${part.path.at(-1) ?? ''}) ${nameOf(part)} ;;`);
      const without =
        command.argument === null ? '' : `\n        *) ${call([...options, ...argumentSpec(command.argument)])} ;;`;
      functions.push(`${nameOf(command)}() {
  local state line
  local -a commands=(${described.join(' ')})
  ${call(['-C', ...options, quote('1: :->first'), quote('*:: :->rest')])}
  case $state in
    first)
      _describe command commands${others} ;;
    rest)
      case $line[1] in
${cases.join('\n')}${without}
      esac ;;
  esac
}`);
      command.commands.forEach(add);
    }
  };
  add(program);
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), or a file _${name} in a folder of $fpath
${functions.join('\n')}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

const call = (specs: readonly string[]): string => ['_arguments', ...specs].join(' ');

function optionSpec({ names, description, value }: DescribedOption): string {
  const about = `[${plain(description)}]`;
  const suffix = value === null ? about : `=${about}:${action(value) === '' ? 'value:' : `value:${action(value)}`}`;
  return names.map((name) => quote(`${name}${name.startsWith('--') ? suffix : suffix.replace(/^=/, '+')}`)).join(' ');
}

const argumentSpec = (value: Value | null): string[] => (value === null ? [] : [quote(`*:argument:${action(value)}`)]);

/** What zsh calls to complete a value. */
function action(value: Value): string {
  switch (value.kind) {
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'words':
      return value.isList ? `_sequence compadd - ${value.words.join(' ')}` : `compadd - ${value.words.join(' ')}`;
    case 'anything':
      return '';
  }
}
