/** Random numbers from 0 to 1 that are the same each time. */
export type Random = () => number;

/** Random numbers that follow from a seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)];

export const json = { 'content-type': 'application/json' };

/** A multipart body with one file. */
export function formOf(text: string | Buffer, name: string): { body: Buffer; headers: { 'content-type': string } } {
  const boundary = 'isoflop-load';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head), Buffer.from(text), Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Runs of a known law with 1% noise, other ones for another seed. */
export function runsCsv(rows: number, seed: number): string {
  const random = seeded(seed);
  const lines = ['params,tokens,loss'];
  for (let i = 0; i < rows; i++) {
    const params = Math.round(10 ** (7 + 3 * random()));
    const tokens = Math.round(10 ** (9 + 2.5 * random()));
    const loss = (1.8 + 480 / params ** 0.34 + 2100 / tokens ** 0.36) * (1 + 0.01 * (random() - 0.5));
    lines.push(`${String(params)},${String(tokens)},${loss.toFixed(6)}`);
  }
  return `${lines.join('\n')}\n`;
}
