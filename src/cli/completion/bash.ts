import { everyCommand, type DescribedCommand, type Value } from './describe.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The completion of bash: a function that looks up what may follow in a table of commands and options. */
export function bashScript(program: DescribedCommand, name: string): string {
  const commands = everyCommand(program);
  const keyOf = ({ path }: DescribedCommand): string => [name, ...path].join(' ');
  const cases = (entries: readonly (readonly [string, string])[]): string =>
    entries.map(([key, line]) => `    ${quote(key)}) ${line} ;;`).join('\n');

  const values = commands.flatMap((command) =>
    command.options.flatMap(({ names, value }) =>
      value === null ? [] : names.map((option) => [`${keyOf(command)} ${option}`, kindOf(value)] as const),
    ),
  );
  const below = commands
    .filter(({ path }) => path.length > 0)
    .map((command) => [keyOf(command), `command=${quote(keyOf(command))}`] as const);
  const options = commands.map(
    (command) => [keyOf(command), `words=${quote(command.options.flatMap(({ names }) => names).join(' '))}`] as const,
  );
  const followers = commands.map((command) => {
    const names = command.commands.map(({ path }) => path.at(-1) ?? '').join(' ');
    const argument = command.argument === null ? 'kind=none' : kindOf(command.argument);
    return [keyOf(command), `commands=${quote(names)} ${argument}`] as const;
  });

  return `# Completion of ${name} for bash: source <(${name} completion bash)
_${name}_value() {
  kind= words=
  case "$1" in
${cases(values)}
  esac
}
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command=${quote(name)} commands= kind= words= head= i
  # bash takes the = of --option=value for a word of its own
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = && $COMP_CWORD -gt 1 ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    _${name}_value "$command \${COMP_WORDS[i-1]}"
    [[ -n $kind ]] && continue
    case "$command \${COMP_WORDS[i]}" in
${cases(below)}
    esac
  done
  _${name}_value "$command $prev"
  if [[ -z $kind && $cur == -* ]]; then
    kind=word
    case "$command" in
${cases(options)}
    esac
  elif [[ -z $kind ]]; then
    case "$command" in
${cases(followers)}
    esac
  fi
  if [[ $kind == list && $cur == *,* ]]; then head=\${cur%,*}, cur=\${cur##*,}; fi
  # Names of files are no patterns, and have spaces.
  local IFS=$'\\n' noglob
  [[ $- == *f* ]] || noglob=no
  set -f
  case "$kind" in
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
    *) IFS=$' \\t\\n'; COMPREPLY=($(compgen -W "$words" -P "$head" -- "$cur")) ;;
  esac
  [[ -z $commands ]] || COMPREPLY+=($(IFS=$' \\t\\n'; compgen -W "$commands" -- "$cur"))
  [[ -z $noglob ]] || set +f
}
complete -F _${name} ${name}
`;
}

/** The assignments that say what a place takes. */
function kindOf(value: Value): string {
  if (value.kind !== 'words') return `kind=${value.kind}`;
  return `kind=${value.isList ? 'list' : 'word'} words=${quote(value.words.join(' '))}`;
}
