/** The words under which a new connector is known: in the configuration, in code, to people. */
export type Names = { readonly kebab: string; readonly camel: string; readonly title: string }

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const MOST_CHARACTERS = 32
/** Words that cannot be the name of something in code. */
const RESERVED = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield constructor prototype'.split(
    ' '
  )
)

/** @returns the names, or in one sentence what is wrong with this one */
export function readName(text: string): Names | string {
  if (!NAME.test(text) || text.length > MOST_CHARACTERS)
    return `Found the name ${JSON.stringify(text)}, wanted small letters, digits and single dashes, a letter first, ${MOST_CHARACTERS} characters at most: my-bot for example.`
  if (RESERVED.has(text)) return `Found the name "${text}", which is a word of the language; wanted another one, ${text}-bot for example.`
  const words = text.split('-')
  const camel = words.map((word, index) => (index === 0 ? word : capital(word))).join('')
  return { kebab: text, camel, title: words.map(capital).join(' ') }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
