/** The part of JSON Schema that isoflop's own schemas use. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
}

/** Where a document departs from its schema, and how. */
export interface Violation {
  /** Path such as `params.alpha.value` or `warnings[2].code`. */
  readonly place: string;
  /** Continues the sentence that begins with the place, such as `is missing`. */
  readonly reason: string;
}

const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

const show = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeName(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
};

const hasType = (value: unknown, type: NonNullable<Schema['type']>): boolean => {
  // JSON.parse reads 1e999 as Infinity, which no fit may hold.
  if (type === 'number') return Number.isFinite(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeName(value) === type;
};

const join = (place: string, name: string): string => (place === '' ? name : `${place}.${name}`);

/**
 * The first place where a value departs from a schema, or `undefined` when it conforms. It interprets the schema, so
 * that reading a saved fit needs no validation library; a test compares it with Ajv and TypeBox.
 *
 * @example
 * ```ts
 * findViolation({ type: 'object', required: ['law'] }, {}); // { place: 'law', reason: 'is missing' }
 * ```
 */
export function findViolation(schema: Schema, value: unknown, place = ''): Violation | undefined {
  const fail = (reason: string): Violation => ({ place: place === '' ? 'the document' : place, reason });
  if (schema.type !== undefined && !hasType(value, schema.type))
    return fail(`is ${show(value)}, not of type ${schema.type}`);
  if ('const' in schema && value !== schema.const) return fail(`is ${show(value)}, not ${show(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return fail(`is ${show(value)}, not one of ${schema.enum.map(show).join(', ')}`);
  if (schema.anyOf !== undefined) {
    const violations = schema.anyOf.map((option) => findViolation(option, value, place));
    // The first option is the rule and the others exceptions (null), so its violation says most.
    if (!violations.includes(undefined)) return violations[0];
  }
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
      return fail(`is ${show(value)}, which does not match ${schema.pattern}`);
  } else if (typeof value === 'number') {
    if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
      return fail(`is ${show(value)}, not above ${String(schema.exclusiveMinimum)}`);
    if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum)
      return fail(`is ${show(value)}, not below ${String(schema.exclusiveMaximum)}`);
    if (schema.minimum !== undefined && value < schema.minimum)
      return fail(`is ${show(value)}, below ${String(schema.minimum)}`);
  } else if (Array.isArray(value)) {
    return findItemViolation(schema, value, place, fail);
  } else if (typeof value === 'object' && value !== null) {
    return findPropertyViolation(schema, value as Record<string, unknown>, place);
  }
  return undefined;
}

function findItemViolation(
  schema: Schema,
  items: readonly unknown[],
  place: string,
  fail: (reason: string) => Violation,
): Violation | undefined {
  if (items.length < (schema.minItems ?? 0) || items.length > (schema.maxItems ?? Infinity))
    return fail(`has ${String(items.length)} items`);
  if (schema.items === undefined) return undefined;
  for (const [k, item] of items.entries()) {
    const violation = findViolation(schema.items, item, `${place}[${String(k)}]`);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function findPropertyViolation(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  place: string,
): Violation | undefined {
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(value, name)) return { place: join(place, name), reason: 'is missing' };
  for (const [name, member] of Object.entries(value)) {
    const own = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
    const rule = own ? schema.properties[name] : (schema.additionalProperties ?? true);
    if (rule === false) return { place: join(place, name), reason: 'is not a known property' };
    const violation = rule === true ? undefined : findViolation(rule, member, join(place, name));
    if (violation !== undefined) return violation;
  }
  return undefined;
}
