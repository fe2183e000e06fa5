import fc from 'fast-check';
import Schema from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { fitSchema } from '../../src/report/fitSchema.ts';
import { encodeFit } from '../../src/report/savedFit.ts';
import { findViolation } from '../../src/report/savedFitValidator.ts';
import { exampleFit } from './savedFitExample.ts';

const text = encodeFit(exampleFit(), { command: null });

type Container = Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every object and array in a document. */
function containers(value: unknown): Container[] {
  return isContainer(value) ? [value, ...Object.values(value).flatMap(containers)] : [];
}

/** Every schema in a schema. */
function subschemas(schema: Container): Container[] {
  const { properties, additionalProperties, items, anyOf } = schema;
  const inner = [
    ...Object.values((properties ?? {}) as Container),
    additionalProperties,
    items,
    ...((anyOf ?? []) as []),
  ];
  return [schema, ...inner.filter(isContainer).flatMap(subschemas)];
}

describe('the validator of saved fits', () => {
  it('agrees with TypeBox on whole and on damaged documents', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, 0, -1, 1.5, '', 'free', 'isoflop-fit', [], [1, 2], [1, 2, 3], {}, Infinity),
    );
    const valid = Schema.Compile(fitSchema);
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom('replace', 'delete', 'add'),
        value,
        (where, which, how, other) => {
          const document = JSON.parse(text) as unknown;
          const all = containers(document);
          const container = all[where % all.length];
          const keys = Object.keys(container);
          const key = keys[which % Math.max(1, keys.length)] ?? 'new';
          if (how === 'add') {
            if (Array.isArray(container)) container.push(other);
            else container.new = other;
          } else if (how === 'replace') container[key] = other;
          else if (Array.isArray(container)) container.splice(which % Math.max(1, keys.length), 1);
          else Reflect.deleteProperty(container, key);
          const violation = findViolation(fitSchema, document);
          if (violation !== undefined) refused++;
          expect(violation === undefined).toBe(valid.Check(document));
        },
      ),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
    expect(valid.Check(JSON.parse(text))).toBe(true);
  });

  it('knows every keyword that the schema uses', () => {
    const known = new Set([
      ...['type', 'const', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items'],
      ...[
        'minItems',
        'maxItems',
        'minimum',
        'exclusiveMinimum',
        'exclusiveMaximum',
        'pattern',
        '$schema',
        '$id',
        'title',
        'description',
      ],
    ]);
    const used = new Set(subschemas(fitSchema).flatMap((schema) => Object.keys(schema)));
    expect([...used].filter((keyword) => !known.has(keyword))).toEqual([]);
    expect(used.size).toBeGreaterThan(10);
  });

  it('lists required properties that exist', () => {
    for (const { required, properties } of subschemas(fitSchema))
      if (required !== undefined)
        // The numbers of a warning, and the calibration and the schedules of a fit, are all that may be left out.
        expect(required).toEqual(
          Object.keys(properties ?? {}).filter((name) => !['numbers', 'calibration', 'schedules'].includes(name)),
        );
  });
});
