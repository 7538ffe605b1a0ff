import { readConfig } from './config.js'
import { loadConfigFile } from './config-file.js'
import { systemChance } from './host.js'
import { type Restored, restore } from './restore.js'
import { StartFault } from './start-fault.js'

export type RestoreArguments = { readonly copies: readonly string[]; readonly config: string | undefined; readonly store: string | undefined }

/** `parley-gateway restore <copy.db>`. @returns what is told about it */
export async function restoreCommand({ copies, config, store }: RestoreArguments): Promise<string> {
  const [copy, ...more] = copies
  if (copy === undefined || more.length > 0) {
    throw new StartFault(
      `restore: found ${copies.length === 0 ? 'no path' : `${copies.length} paths`}; wanted is one, of a backup copy: parley-gateway restore <copy.db>`
    )
  }
  const address = store ?? readConfig(await loadConfigFile(config, process.cwd()), process.env).store
  return inWords(await restore(copy, address, systemChance))
}

function inWords({ copy, file, before, conversations, events, lastAt }: Restored): string {
  return [
    `${file} is now what ${copy} was: ${conversations} conversations with ${events} events${lastAt === null ? '' : `, the last of ${lastAt}`}.`,
    before === null ? 'There was no store before.' : `The store as it was before is kept as ${before}.`,
    'It has a new epoch: clients notice when they connect, read the conversations anew and send again what is missing.',
    'Start the gateway now.',
    ''
  ].join('\n')
}
