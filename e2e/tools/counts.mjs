/**
 * How many checks passed and failed, read from what the test runners write for machines.
 * Whatever a runner says of itself, a stage whose process failed has at least one failure, and a
 * test stage in which nothing ran is a failure: silence is not success.
 */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 }

/** @param report vitest's JSON report */
export function countVitest(report) {
  // A file that could not even be loaded holds no tests, only a message.
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles, skipped: report.numPendingTests + report.numTodoTests }
}

/** @param report Playwright's JSON report. A test that passed only when repeated counts as failed. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped }
}

/**
 * @param exitCode of the stage's process, `null` when it was killed
 * @param counts from its report; `null` for a stage that has no tests of its own and counts as one check
 */
export function judge(exitCode, counts) {
  const hasFailed = exitCode !== 0
  if (counts === null) return { passed: hasFailed ? 0 : 1, failed: hasFailed ? 1 : 0, skipped: 0 }
  const nothingRan = counts.passed + counts.failed === 0
  return counts.failed === 0 && (hasFailed || nothingRan) ? { ...counts, failed: 1 } : counts
}

export const add = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped })
