import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Files in processes of their own: those that kill servers and fill their memory, and those that fit thousands of times, which
 * goes a third faster where nothing but their own law was compiled.
 */
const alone = [
  'test/server/faults.*.test.ts',
  'test/docs/snippets.test.ts',
  'test/laws/coverage*.test.ts',
  'test/fit/nist.test.ts',
  'test/uncertainty/{covariance,diagnosticRates,profile,termsOff,wildBootstrap}.test.ts',
];

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    reporters: ['default', './test/closingLine.ts'],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      // Loading the laws takes longer than most of these tests, so all files of a process share what is loaded.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
