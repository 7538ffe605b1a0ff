import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Remembers what each bundle was made from: the digest of every file that went in, and which files
 * came out. Times of files are not looked at, because a checkout changes them and a copy keeps them.
 */
export const digest = (content) => createHash('sha256').update(content).digest('base64url').slice(0, 22)

/** @returns a function from a path below `root` to the digest of that file now, `null` if there is none */
export function fileDigests(root) {
  return (path) => {
    const file = join(root, path)
    return existsSync(file) ? digest(readFileSync(file)) : null
  }
}

export const makeStamp = (tools, inputs, outputs, digestOf) => ({ tools, inputs: Object.fromEntries(inputs.map((path) => [path, digestOf(path)])), outputs })

/**
 * Why a bundle must be built again, in words; `null` when it is fresh.
 * @param stamp what `makeStamp` gave after the last build, or undefined
 * @param tools digest of the build's own configuration
 */
export function whyStale(stamp, tools, digestOf) {
  if (!stamp) return 'not built yet'
  if (stamp.tools !== tools) return 'the build itself changed'
  const lost = stamp.outputs.find((path) => digestOf(path) === null)
  if (lost) return `${lost} is gone`
  const changed = Object.entries(stamp.inputs).find(([path, before]) => digestOf(path) !== before)
  return changed ? `${changed[0]} changed` : null
}

/** The stamps of all bundles, in one file. An unreadable one means that everything is built again. */
export function openStamps(file) {
  const stamps = readStamps(file)
  return {
    get: (name) => stamps[name],
    set(name, stamp) {
      stamps[name] = stamp
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(stamps, null, 1))
    }
  }
}

function readStamps(file) {
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.warn(`${file} cannot be read (${error.message}); building everything`)
    return {}
  }
}
