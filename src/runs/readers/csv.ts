import { readCsvInto } from '../read.ts';
import type { Head } from '../head.ts';
import { defineReader } from './reader.ts';
import { tellsRuns } from './logNames.ts';

/**
 * The names in the header of a CSV file; empty where the beginning of the file is none: its first two lines have to have
 * as many fields as each other.
 */
export function csvHeader({ text, isWhole }: Head): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!isWhole) lines.pop();
  const rows = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const header = rows.at(0) ?? '';
  const first = rows.at(1);
  const separator = [',', ';', '\t'].reduce((a, b) => (header.split(b).length > header.split(a).length ? b : a));
  const names = fieldsOf(header, separator);
  const isTable = names.length > 1 && (first === undefined || fieldsOf(first, separator).length === names.length);
  return isTable ? names : [];
}

/** Fields of one line, near enough to know the format by them. */
function fieldsOf(line: string, separator: string): string[] {
  const fields = [''];
  let quoted = false;
  for (const c of line) {
    if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) fields.push('');
    else fields[fields.length - 1] += c;
  }
  return fields.map((field) => field.trim());
}

/** Comma-, semicolon- or tab-separated values. */
export const csv = defineReader({
  id: 'csv',
  title: 'CSV or TSV',
  recognises: (head) => /^[ct]sv$/.test(head.extension) || tellsRuns(csvHeader(head)),
  read: ([file], sink) => readCsvInto(file.name, file.open(), sink),
});
