/** Whether tests that repeat something do it as often as asked: `npm run test:long`; else as often as `npm cit` has time for. */
export const isLong = process.env.ISOFLOP_LONG === '1';
