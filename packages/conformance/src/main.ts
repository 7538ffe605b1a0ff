import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { runCommand } from './run-command.js'

/** The executable `parley-conformance`. */
process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  isTerminal: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  seed: randomInt(4_294_967_296),
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
  writeFile: (path, text) => writeFile(path, text)
})
