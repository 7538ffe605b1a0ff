import { describe, expect, test } from 'vitest'
import { add, countPlaywright, countVitest, judge } from './counts.mjs'

const file = (status, tests) => ({ status, assertionResults: tests })

describe('counting', () => {
  test('a vitest file that could not be loaded is one failure, though it holds no test', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [file('passed', [{}]), file('failed', [{}]), file('failed', [])]
    }
    expect(countVitest(report)).toEqual({ passed: 5, failed: 2, skipped: 3 })
  })

  test('a browser test that passed only when repeated, and an error outside any test, are failures', () => {
    const report = { stats: { expected: 7, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: 'no fixture' }] }
    expect(countPlaywright(report)).toEqual({ passed: 7, failed: 3, skipped: 2 })
  })

  test('adds up', () => {
    expect(add({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 })).toEqual({ passed: 11, failed: 22, skipped: 33 })
  })
})

describe('judging a stage', () => {
  test.each([
    ['without tests of its own counts as one check', 0, null, { passed: 1, failed: 0, skipped: 0 }],
    ['without tests of its own that fails is one failure', 2, null, { passed: 0, failed: 1, skipped: 0 }],
    ['that was killed is one failure', null, null, { passed: 0, failed: 1, skipped: 0 }],
    ['keeps its counts', 0, { passed: 9, failed: 0, skipped: 1 }, { passed: 9, failed: 0, skipped: 1 }],
    ['does not count its failures twice', 1, { passed: 9, failed: 3, skipped: 0 }, { passed: 9, failed: 3, skipped: 0 }],
    ['that crashed after its tests passed is one failure', 1, { passed: 9, failed: 0, skipped: 0 }, { passed: 9, failed: 1, skipped: 0 }],
    ['in which nothing ran is one failure, whatever it says of itself', 0, { passed: 0, failed: 0, skipped: 4 }, { passed: 0, failed: 1, skipped: 4 }]
  ])('a stage %s', (_, exitCode, counts, judged) => {
    expect(judge(exitCode, counts)).toEqual(judged)
  })
})
