import { kind, show } from './errorKind.ts';

/** The part of the table of errors that runs under watch, and what was registered of them, raise. */
export const watchKinds = {
  REGISTRATION_EXISTS: kind<{ file: string }>({
    exit: 2,
    http: 409,
    text: (d) => `${d.file} is there already, and what was registered before a run is not written again.`,
    remedy: () => 'Choose another name with --out, or replace it with --force and say so where you report it.',
  }),
  REGISTRATION_INVALID: kind<{ file: string; reason: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} is not a whole registration: ${d.reason}.`,
    remedy: () => 'isoflop watch RUN --fit FIT --params N --tokens D --register makes one.',
  }),
  REGISTRATION_TAMPERED: kind<{ file: string; found: string; stated: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.file} was changed after it was registered: its content has the SHA-256 ${d.found.slice(0, 12)}, and it states ${d.stated.slice(0, 12)}.`,
    remedy: () => 'Take the file as it was written; a changed band proves nothing about the run.',
  }),
  REGISTRATION_OF_OTHER_RUN: kind<{ file: string; what: string; registered: number; actual: number }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.file} was registered for ${d.what} ${show(d.registered)}, but the run has ${show(d.actual)}.`,
    remedy: () => 'Name the registration of this run with --band, or correct --params and --tokens.',
  }),
  RUN_LENGTH_UNKNOWN: kind<{ run: string }>({
    exit: 2,
    http: 422,
    text: (d) => `${d.run} does not say how many tokens the run will see.`,
    remedy: () => 'Give them with --tokens, such as --tokens 30B, or register the run.',
  }),
  RUNS_SEVERAL: kind<{ run: string; names: readonly string[] }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.run} holds ${String(d.names.length)} runs: ${d.names.slice(0, 5).join(', ')}${d.names.length > 5 ? ', ...' : ''}.`,
    remedy: () => 'Name one of them with --run.',
  }),
} as const;
