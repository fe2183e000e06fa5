/** A field of a CSV: quoted where it has to be; numbers that are none stay empty. */
function csvField(value: string | number | null | undefined): string {
  if (typeof value === 'string') return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  return value !== null && Number.isFinite(value) ? String(value) : '';
}

/** Rows as a CSV with a header. */
export function toCsv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => csvField(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
