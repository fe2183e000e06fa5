import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output of a test run with one plain line, "N passed, N failed, N skipped", that scripts can read. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let brokenModules = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++;
      if (module.errors().length > 0) brokenModules++;
    }
    console.log(
      `${counts.passed} passed, ${counts.failed + brokenModules} failed, ${counts.skipped + counts.pending} skipped`,
    );
  }
}
