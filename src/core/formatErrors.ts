import { kind, printable, quote, show } from './errorKind.ts';

/** Errors about the files of runs and their formats; part of the table in errors.ts. */
export const formatKinds = {
  RUNS_NOT_FOUND: kind<{ paths: readonly string[]; passedOver: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `${d.paths.slice(0, 3).join(', ')}${d.paths.length > 3 ? ', ...' : ''}: no file of runs was found${
        d.passedOver.length === 0 ? '' : ` (${d.passedOver.join('; ')})`
      }.`,
    remedy: () => 'docs/formats.md says which formats are read and how they are recognised.',
  }),
  FILE_DAMAGED: kind<{ file: string; format: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} cannot be read as ${d.format}: ${printable(d.reason)}.`,
    remedy: () => 'Copy or write the file again, or leave it out.',
  }),
  FILE_TOO_LONG: kind<{ file: string; format: string; limit: number }>({
    exit: 2,
    http: 413,
    text: (d) => `${d.file} is longer than the ${String(d.limit)} bytes that can be read at once as ${d.format}.`,
    remedy: () => 'Write it as JSON lines (one object a line), CSV or Parquet, which are read piece by piece.',
  }),
  JSON_LINE_INVALID: kind<{ file: string; line: number; reason: string; value: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file}, line ${String(d.line)}: ${d.reason}: ${quote(d.value)}.`,
    remedy: () => 'Every line has to hold one JSON object, which is one row.',
  }),
  DUCKDB_MISSING: kind<{ option: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.option} needs DuckDB, and the package @duckdb/node-api is not installed.`,
    remedy: () => 'Install it with "npm install @duckdb/node-api" where isoflop is run or installed.',
  }),
  SQL_FAILED: kind<{ file: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file}: DuckDB says: ${printable(d.reason).replace(/[.! ]+$/, '')}.`,
    remedy: () => 'Check the query of --sql; "describe select ..." shows the columns that it gives.',
  }),
  FILE_WITHOUT_ROWS: kind<{ file: string; format: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} (${d.format}) has no rows: ${d.reason}.`,
    remedy: () => 'Check that it is the file that was meant, and that something was recorded.',
  }),
  BENCHMARK_RANGE: kind<{ file: string; line: number; column: string; value: number }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `${d.file}, line ${String(d.line)}, column ${quote(d.column)}: ${show(d.value)} is no share of right answers.`,
    remedy: () =>
      'A benchmark is between 0 and 1, or 0 and 100 in per cent; name the benchmarks with --benchmarks if this is none.',
  }),
  MODELS_TOO_FEW: kind<{ what: string; found: string; needed: string }>({
    exit: 2,
    http: 422,
    text: (d) => `There is not enough for ${printable(d.what)}: ${printable(d.found)}.`,
    remedy: (d) => `It takes ${printable(d.needed)}.`,
  }),
  FAMILY_WITHOUT_LINE: kind<{
    option: string;
    family: string;
    models: number | undefined;
    nearest: string | undefined;
    known: readonly string[];
  }>({
    exit: 2,
    http: 422,
    text: (d) =>
      d.models === undefined
        ? `${d.option}: there is no family ${quote(d.family)}.`
        : `${d.option}: ${quote(d.family)} has ${String(d.models)} models whose compute is known, too few for a line.`,
    remedy: (d) =>
      `${d.nearest === undefined ? '' : `Did you mean ${quote(d.nearest)}? `}Families with a line are ${d.known.map(printable).join(', ')}.`,
  }),
} as const;
