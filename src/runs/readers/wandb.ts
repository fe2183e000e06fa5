import { singleRunName, type InputFile } from '../input.ts';
import { readCsvInto } from '../read.ts';
import { textOf, type Cell, type RowSink, type TableSummary } from '../table.ts';
import { csvHeader } from './csv.ts';
import { columnsOf, firstRecord, readRecords, runColumn } from './jsonLines.ts';
import { readTable, tableKeys } from './jsonTable.ts';
import { logColumns } from './logNames.ts';
import type { Head } from '../head.ts';
import { defineReader } from './reader.ts';
import { sendRecords } from './records.ts';

/** Keys that W&B adds to every row of a run's history. */
const isHistory = (names: readonly string[]): boolean =>
  names.includes('_step') && (names.includes('_runtime') || names.includes('_timestamp'));

/** A column of a chart's export: `RUN - METRIC`, and the same with the least and the largest value of what it averages. */
const chartColumn = /^(.+) - (.+?)(?:__(MIN|MAX))?$/;

/** Whether a CSV file is the export of a chart: all columns are of a run but for the axis, and some are a least value. */
const isChart = (names: readonly string[]): boolean =>
  names.length > 1 &&
  names.slice(1).every((name) => chartColumn.test(name)) &&
  names.some((name) => name.endsWith('__MIN') || name.endsWith('__MAX'));

/** In which way a file of W&B holds rows; `undefined` for other files. */
function kindOf(head: Head): 'lines' | 'table' | 'csv' | 'chart' | undefined {
  const record = firstRecord(head);
  if (record !== undefined) return isHistory(columnsOf(record)) ? 'lines' : undefined;
  const keys = tableKeys(head);
  if (keys !== undefined) return isHistory(keys) ? 'table' : undefined;
  const header = csvHeader(head);
  if (isHistory(header)) return 'csv';
  return isChart(header) ? 'chart' : undefined;
}

const missing = { params: ', which a history of W&B holds only where it was logged' };

/** A list of rows in one JSON document, as `run.scan_history()` gives them, or a table as pandas writes one. */
async function readDocument(file: InputFile, sink: RowSink): Promise<TableSummary> {
  const rows = await readTable(file);
  const isNamed = logColumns(columnsOf(Object.assign({}, ...rows) as Record<string, unknown>)).run !== undefined;
  const run = singleRunName(file.path);
  const records = isNamed ? rows : rows.map((row) => ({ ...row, [runColumn]: run }));
  sendRecords({ file: file.name, records }, sink, (names) => ({
    preferred: { ...logColumns(names), ...(isNamed ? {} : { run: [runColumn] }) },
    missing,
    unit: 'row',
  }));
  return { rows: records.length };
}

/** The history of a run as pandas writes it to CSV. */
async function readHistoryCsv(file: InputFile, sink: RowSink): Promise<TableSummary> {
  const run = singleRunName(file.path);
  let isNamed = false;
  const cells: Cell[] = [];
  return await readCsvInto(file.name, file.open(), {
    header: (names, notes) => {
      const found = logColumns(names);
      isNamed = found.run !== undefined;
      if (isNamed) return sink.header(names, { ...notes, preferred: found, missing });
      return sink.header([...names, runColumn], { ...notes, preferred: { ...found, run: [runColumn] }, missing });
    },
    row: (fields, line) => {
      if (isNamed) {
        sink.row(fields, line);
        return;
      }
      for (let k = 0; k < fields.length; k++) cells[k] = fields[k];
      cells[fields.length] = run;
      sink.row(cells, line);
    },
    warn: (warning) => {
      sink.warn(warning);
    },
  });
}

/** The export of a chart: a column for each run and metric becomes a row for each run. */
async function readChart(file: InputFile, sink: RowSink): Promise<TableSummary> {
  let axes: number[] = [];
  let metrics: string[] = [];
  /** For each run, the column of each metric; -1 where it has none. */
  const runs = new Map<string, number[]>();
  let rows = 0;
  const summary = await readCsvInto(file.name, file.open(), {
    header: (names, notes) => {
      const parts = names.map((name) => chartColumn.exec(name));
      axes = names.flatMap((_, k) => (parts[k] === null ? [k] : []));
      metrics = [...new Set(parts.flatMap((part) => (part === null ? [] : [part[2]])))];
      parts.forEach((part, k) => {
        const [, run, metric, bound] = part ?? ['', '', '', '__MIN'];
        if ((bound as string | undefined) !== undefined) return;
        const columns = runs.get(run) ?? metrics.map(() => -1);
        columns[metrics.indexOf(metric)] = k;
        runs.set(run, columns);
      });
      const header = [runColumn, ...axes.map((k) => names[k]), ...metrics];
      sink.header(header, { ...notes, preferred: { ...logColumns(header.slice(1)), run: [runColumn] }, missing });
      return names.map((_, k) => k);
    },
    row: (fields, line) => {
      for (const [run, columns] of runs) {
        const values = columns.map((k) => (k === -1 ? '' : fields[k]));
        if (values.every((value) => textOf(value) === '')) continue;
        sink.row([run, ...axes.map((k) => fields[k]), ...values], line);
        rows++;
      }
    },
    warn: (warning) => {
      sink.warn(warning);
    },
  });
  return { ...summary, rows };
}

/** What Weights & Biases exports: the CSV of a chart, and histories as its API gives them. */
export const wandb = defineReader({
  id: 'wandb',
  title: 'Weights & Biases export',
  recognises: (head) => kindOf(head) !== undefined,
  read: async ([file], sink) => {
    switch (kindOf(await file.head())) {
      case 'table':
        return await readDocument(file, sink);
      case 'csv':
        return await readHistoryCsv(file, sink);
      case 'chart':
        return await readChart(file, sink);
      default:
        return await readRecords(file, sink, logColumns, missing);
    }
  },
});
