import type { Names } from './names.js'

/** A file by its path below the folder. */
export type TextFile = { readonly path: string; readonly text: string }

/**
 * The template under another name.
 * @param isOutside the folder is not one of the repository's: what stands beside connectors here comes from the package there
 */
export function fromTemplate(files: readonly TextFile[], names: Names, isOutside: boolean): readonly TextFile[] {
  return files.map(({ path, text }) => ({ path, text: isOutside ? fromPackage(renamed(text, names)) : renamed(text, names) }))
}

/** In quotation marks it is the name in a configuration, bare it is the one in code. */
const renamed = (text: string, { kebab, camel, title }: Names): string =>
  text
    .replace(/(["'`])template\1/g, (_all, mark: string) => `${mark}${kebab}${mark}`)
    .replace(/\bTEMPLATE_/g, `${kebab.replaceAll('-', '_').toUpperCase()}_`)
    .replace(/\bTemplate\b/g, title)
    .replace(/ for this template,/g, ',')
    .replace(/\btemplate\b/g, camel)

const fromPackage = (text: string): string => text.replace(/from '\.\.\/(?:module|read-config|within-time)\.js'/g, "from '@parley/connectors'")
