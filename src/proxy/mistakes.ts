import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { configError, type YamlDocument, type YamlPath } from './yaml.ts';

/** Characters of a value that are shown. */
const longest = 60;

/** A value as YAML would have it, cut where it is long. */
export function shown(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  let text: string;
  try {
    text = JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'number' && !Number.isFinite(part) ? shown(part) : part,
    );
  } catch {
    return 'a value that holds itself';
  }
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** The remedy for a name that is none of those known. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known);
  return meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`;
}

/** The part of JSON Schema that is looked at here. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
  readonly description?: string;
}

/** The schema of a part; of a union the first that has such a part. */
function partAt(schema: SchemaPart | undefined, path: YamlPath): SchemaPart | undefined {
  const [step, ...rest] = path as readonly (string | number | undefined)[];
  if (schema === undefined || step === undefined) return schema;
  for (const option of schema.anyOf ?? [schema]) {
    const part = typeof step === 'number' ? option.items : option.properties?.[step];
    if (part !== undefined) return partAt(part, rest as YamlPath);
  }
  return undefined;
}

function namesAt(schema: SchemaPart, path: YamlPath): string[] {
  const part = partAt(schema, path);
  return (part?.anyOf ?? [part]).flatMap((option) => Object.keys(option?.properties ?? {}));
}

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/**
 * The mistake in a value that does not match its schema. A key that there is not comes first: it is often the reason why
 * another one is missing.
 *
 * @param whole - what the value is, such as `the run`
 */
export function mistakeIn(document: YamlDocument, schema: TSchema, value: unknown, whole: string): IsoflopError {
  const errors = Compile(schema).Errors(value);
  const [first] = errors;
  const unknown = errors.find(({ keyword }) => keyword === 'boolean');
  // Of a union each option is told; the one that goes deepest is what was meant.
  const meant = errors
    .filter(({ keyword, instancePath }) => keyword !== 'anyOf' && instancePath.startsWith(first.instancePath))
    .reduce((one, other) => (depth(other) > depth(one) ? other : one));
  const error = unknown ?? meant;
  const path = pathOf(error.instancePath);
  const where = path.join('.') || whole;
  const about = (at: YamlPath): string => {
    const { description } = partAt(schema, at) ?? {};
    return description === undefined ? '' : `: ${description}`;
  };
  const params = error.params as {
    readonly requiredProperties?: readonly string[];
    readonly allowedValues?: readonly string[];
  };
  if (error === unknown) {
    const remedy = suggest(String(path.at(-1)), namesAt(schema, path.slice(0, -1)));
    return configError(document, path, `there is no ${where}`, remedy);
  }
  if (params.requiredProperties !== undefined) {
    const [missing] = params.requiredProperties;
    const at = [...path, missing];
    const names = params.requiredProperties.join(', ');
    return configError(document, at, `${where} lacks ${names}`, `Add it${about(at)}.`);
  }
  const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], value);
  if (params.allowedValues !== undefined)
    return configError(
      document,
      path,
      `${where} must be one of ${params.allowedValues.join(', ')}, but is ${shown(found)}`,
      suggest(String(found), params.allowedValues),
    );
  const isInfinite = typeof found === 'number' && !Number.isFinite(found);
  const rule = isInfinite ? 'must be a finite number' : error.message;
  const what = value === null ? `${whole} is empty` : `${where} ${rule}, but is ${shown(found)}`;
  return configError(document, path, what, `Correct the value${about(path)}.`);
}

const depth = ({ instancePath }: { readonly instancePath: string }): number => instancePath.split('/').length;
