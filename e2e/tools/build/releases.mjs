import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page may still hold the loader of a former release, so its assets stay for two more. */
const FORMER_RELEASES_KEPT = 2
const MANIFEST = 'manifest.json'

/**
 * The list of releases after a build, newest first: the new one, the build of the same version before it
 * (a page may hold its loader for some minutes, too), and the newest builds of the former versions.
 * @param releases `[{ version, entry, files }]`, newest first
 */
export function nextReleases(releases, built) {
  const others = releases.filter((release) => release.entry !== built.entry)
  const same = others.filter((release) => release.version === built.version).slice(0, 1)
  const former = others.filter(
    (release, index) => release.version !== built.version && others.findIndex(({ version }) => version === release.version) === index
  )
  return [built, ...same, ...former.slice(0, FORMER_RELEASES_KEPT)]
}

/** Names in the folder that no kept release needs. */
export function leftovers(names, releases) {
  const needed = new Set([MANIFEST, ...releases.flatMap((release) => release.files)])
  return names.filter((name) => !needed.has(name))
}

function readReleases(folder) {
  const path = join(folder, MANIFEST)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).releases : []
}

/** The chunk that the loader of the newest release fetches. */
export function newestEntry(folder) {
  const [newest] = readReleases(folder)
  if (!newest) throw new Error(`no ${MANIFEST} in ${folder}: build the widget's chunk before its loader`)
  return newest.entry
}

/** Keeps `manifest.json` beside the hashed files, and removes the files of releases too old to keep. */
export function keepReleases(version) {
  return {
    name: 'keep-releases',
    writeBundle({ dir }, bundle) {
      const chunks = Object.values(bundle)
      const entry = chunks.find((chunk) => chunk.isEntry).fileName
      const releases = nextReleases(readReleases(dir), { version, entry, files: chunks.map((chunk) => chunk.fileName).sort() })
      writeFileSync(join(dir, MANIFEST), `${JSON.stringify({ releases }, null, 2)}\n`)
      for (const name of leftovers(readdirSync(dir), releases)) rmSync(join(dir, name), { recursive: true })
    }
  }
}
