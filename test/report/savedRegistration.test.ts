import { describe, expect, it } from 'vitest';
import { decodeRegistration, encodeRegistration } from '../../src/report/savedRegistration.ts';
import { formatRegistration } from '../../src/report/watchText.ts';
import { registrationOf } from '../../src/watch/registration.ts';
import { chinchillaFit } from '../plots/exampleFit.ts';

const made = registrationOf({
  fit: chinchillaFit(),
  ...{
    file: 'fit.json',
    sha256: '0'.repeat(64),
    name: 'big.csv',
    params: 1.4e9,
    tokens: 3e10,
    confidence: 0.9,
    now: 0,
  },
});

describe('the file of a registration', () => {
  it('is read back as it was written, and says the same of the same', async () => {
    const text = await encodeRegistration(made);
    const { sha256, ...content } = await decodeRegistration(text, 'band.json');
    expect(content).toEqual(made);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await encodeRegistration(structuredClone(made))).toBe(text);
    // The order of members and spaces are no content.
    const shuffled = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse()));
    expect((await decodeRegistration(shuffled, 'band.json')).sha256).toBe(sha256);
    const printed = formatRegistration({ ...made, sha256 }, 'band.json');
    expect(printed).toContain('big.csv: 1.4B parameters, 30B tokens, by chinchilla of fit.json');
    expect(printed).toContain(`SHA-256 ${sha256}`);
  });

  it.each([
    ['the band', (text: string) => text.replace(/"upper": [\d.]+/, '"upper": 9')],
    ['the time', (text: string) => text.replace('1970', '1969')],
    ['the plan', (text: string) => text.replace('30000000000', '30000000001')],
    ['the hash', (text: string) => text.replace(/"sha256": "[0-9a-f]{64}"\n\}/, `"sha256": "${'0'.repeat(64)}"\n}`)],
  ])('is refused when %s was changed', async (_, change) => {
    const text = await encodeRegistration(made);
    expect(change(text)).not.toBe(text);
    await expect(decodeRegistration(change(text), 'band.json')).rejects.toMatchObject({
      code: 'REGISTRATION_TAMPERED',
    });
  });

  it('is refused when it is cut, or something else', async () => {
    const text = await encodeRegistration(made);
    const others = [text.slice(0, 500), '{}', '[]', 'null', text.replace('"confidence": 0.9', '"confidence": "much"')];
    for (const other of others)
      await expect(decodeRegistration(other, 'band.json')).rejects.toMatchObject({
        code: 'REGISTRATION_INVALID',
        message: expect.stringMatching(/^band\.json is not a whole registration/) as string,
      });
  });
});
