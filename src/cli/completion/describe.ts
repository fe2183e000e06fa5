import type { Argument, Command, Option } from 'commander';

/** What may stand in a place of the command line. */
export type Value =
  | { readonly kind: 'anything' }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  /** One of these words, or several of them with commas between. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly isList: boolean };

/** An option of a command; `value` is `null` for a switch. */
export interface DescribedOption {
  /** Such as `--help`, and `-h` where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: Value | null;
}

/** A command with all that may follow it. */
export interface DescribedCommand {
  /** The words that name it, such as `['sweep', 'status']`; none for the program itself. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly DescribedOption[];
  /** What its arguments are, `null` where it takes none. */
  readonly argument: Value | null;
  readonly commands: readonly DescribedCommand[];
}

/** Values of options (`--law`) and of arguments (`laws id`) whose choices commander does not know. */
export type KnownValues = ReadonlyMap<string, Value>;

/** What placeholders such as `<file>` stand for. */
const placeholders = new Map<string, Value>([
  ...['file', 'fit', 'config'].map((name): [string, Value] => [name, { kind: 'files' }]),
  ['folder', { kind: 'folders' }],
]);

/** Describes a command of commander and those below it, as its help shows them. */
export function describeCommand(command: Command, known: KnownValues, path: readonly string[] = []): DescribedCommand {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).map((part) => describeCommand(part, known, [...path, part.name()]));
  const names = commands.map((part) => part.path.at(-1) ?? '').filter((name) => name !== 'help');
  const [argument] = command.registeredArguments as readonly (Argument | undefined)[];
  return {
    path,
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map((option) => describeOption(option, known)),
    // The command that commander adds takes the names of its neighbours.
    commands: commands.map((part) =>
      part.path.at(-1) === 'help' ? { ...part, argument: { kind: 'words', words: names, isList: false } } : part,
    ),
    argument:
      argument === undefined
        ? null
        : valueOf(argument.argChoices, argument.name(), known.get([...path, argument.name()].join(' '))),
  };
}

function describeOption(option: Option, known: KnownValues): DescribedOption {
  const { short, long, flags, argChoices, description } = option;
  const placeholder = /[<[]([^>\].]+)/.exec(flags)?.[1];
  return {
    names: [long, short].filter((name) => name !== undefined),
    description,
    value: placeholder === undefined ? null : valueOf(argChoices, placeholder, known.get(long ?? '')),
  };
}

function valueOf(choices: readonly string[] | undefined, placeholder: string, known: Value | undefined): Value {
  if (choices !== undefined) return { kind: 'words', words: choices, isList: false };
  return known ?? placeholders.get(placeholder) ?? { kind: 'anything' };
}

/** A command and all below it, the outermost first. */
export const everyCommand = (command: DescribedCommand): DescribedCommand[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];
