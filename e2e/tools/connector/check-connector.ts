import { checkShape } from './check-shape.js'
import { readFolder } from './read-folder.js'
import { runTests } from './run-tests.js'

export type Print = (line: string) => void

/**
 * Holds a connector's folder to the shape and to the contract, with a line for each sentence.
 * @returns the exit code: 0 all holds, 1 something does not, 2 there is no such folder
 */
export async function checkConnector(path: string, connectors: string, print: Print): Promise<number> {
  const folder = readFolder(path, connectors)
  if (typeof folder === 'string') {
    print(folder)
    return 2
  }
  const shape = checkShape(folder)
  for (const { what, faults } of shape) tell(print, what, faults)
  const results = await runTests(path)
  for (const { name, fault } of results) tell(print, name, fault === null ? [] : [fault])
  if (results.length === 0) print('✗ there is not one test')
  const sentences = shape.length + Math.max(1, results.length)
  const faults = shape.filter((one) => one.faults.length > 0).length + results.filter((one) => one.fault !== null).length + (results.length === 0 ? 1 : 0)
  print('')
  print(
    faults === 0
      ? `${folder.name} holds all ${sentences} sentences.`
      : `${folder.name}: ${sentences - faults} of ${sentences} sentences hold, ${faults} do not.`
  )
  return faults === 0 ? 0 : 1
}

function tell(print: Print, what: string, faults: readonly string[]): void {
  print(`${faults.length === 0 ? '✓' : '✗'} ${what}`)
  for (const fault of faults) print(`    ${fault}`)
}
