/**
 * JSON that people and version control can read: objects one property a line, arrays of scalars on one line. Keys stay in
 * the order in which they were set.
 *
 * @example
 * ```ts
 * printJson({ points: 240, interval: [1.77, 1.87] }); // '{\n  "points": 240,\n  "interval": [1.77, 1.87]\n}'
 * ```
 */
export function printJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => printJson(item, inner));
    const flat = value.every((item) => typeof item !== 'object' || item === null);
    return flat ? `[${items.join(', ')}]` : `[\n${inner}${items.join(`,\n${inner}`)}\n${indent}]`;
  }
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${printJson(member, inner)}`);
  return members.length === 0 ? '{}' : `{\n${inner}${members.join(`,\n${inner}`)}\n${indent}}`;
}
