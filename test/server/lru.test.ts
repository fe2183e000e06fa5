import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLru } from '../../server/lru.ts';

it('keeps the half that was asked for last, and never more than it may', () => {
  const most = 6;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.nat(12)), { maxLength: 200 }),
      (steps) => {
        const lru = createLru<number, string>(most);
        // Keys that are there for certain, the one used last at the end.
        let used: number[] = [];
        for (const [step, key] of steps) {
          const others = used.filter((other) => other !== key);
          if (step === 'set') lru.set(key, String(key));
          if (step === 'delete') lru.delete(key);
          const found = step === 'get' ? lru.get(key) : undefined;
          if (found !== undefined) expect(found).toBe(String(key));
          if (step === 'get' && used.slice(-most / 2).includes(key)) expect(found).toBe(String(key));
          used = step === 'set' || found !== undefined ? [...others, key] : others;
        }
      },
    ),
  );
  const lru = createLru<number, string>(most);
  for (let key = 0; key < 100; key++) lru.set(key, 'x');
  const kept = Array.from({ length: 100 }, (_, key) => key).filter((key) => lru.get(key) !== undefined);
  expect(kept.length).toBeLessThanOrEqual(most);
  expect(kept).toContain(99);
});
