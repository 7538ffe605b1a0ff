import { safeLink } from '@parley/protocol'

/** Words within a line of markdown: plain text, or a mark around more words. Never HTML. */
export type Inline =
  | string
  | ({ readonly tag: 'strong' | 'em' | 'del' | 'br' } & Inner)
  | { readonly tag: 'code'; readonly text: string }
  | ({ readonly tag: 'a'; readonly href: string } & Inner)
type Inner = { readonly children: readonly Inline[] }
type Mark = 'strong' | 'em' | 'del' | 'a'
type Token = { text: string; mark?: Mark; side?: 'open' | 'close'; href?: string; code?: boolean; isBreak?: boolean }

/**
 * One pass over the text makes tokens; a closing sign is paired with the last open one of its kind,
 * and whatever was opened in between stays plain text. So every letter is looked at a fixed number
 * of times, and nothing nests deeper than there are kinds of marks, whatever a sender writes.
 */
export function parseInline(text: string): readonly Inline[] {
  const scanner = new Scanner(text)
  scanner.run()
  return treeOf(scanner.tokens)
}

const SIGNS: Readonly<Record<string, Mark>> = { '**': 'strong', __: 'strong', '*': 'em', _: 'em', '~~': 'del' }
const ESCAPABLE = /[!-/:-@[-`{-~]/
const WORD = /[\p{L}\p{N}_]/u
const isBlank = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter)

class Scanner {
  readonly tokens: Token[] = []
  readonly text: string
  private at = 0
  private plain = ''
  /** Sign → index of its open token. `[` is the opening of a link. */
  private readonly open = new Map<string, number>()
  /** Per length of a run of backticks, where such runs begin, last one first. */
  private readonly ticks = new Map<number, number[]>()
  /** Where the next `)` is, as far as known; -1: there is none. */
  private nextParenthesis = 0

  constructor(text: string) {
    this.text = text
    for (const run of text.matchAll(/`+/g)) {
      const starts = this.ticks.get(run[0].length)
      if (starts) starts.push(run.index)
      else this.ticks.set(run[0].length, [run.index])
    }
    for (const starts of this.ticks.values()) starts.reverse()
  }

  run(): void {
    while (this.at < this.text.length) {
      const step = this.step()
      if (step === 0) this.plain += this.text[this.at++]
      else this.at += step
    }
    this.flush()
  }

  /** @returns how many letters were understood; 0 for a plain one */
  private step(): number {
    switch (this.text[this.at]) {
      case '\\':
        return this.escape()
      case '\n':
        return this.push({ text: '\n', isBreak: true }, 1)
      case '`':
        return this.codeSpan()
      case '*':
      case '_':
      case '~':
        return this.emphasis()
      case '!':
        return this.text[this.at + 1] === '[' ? this.openLink(2) : 0
      case '[':
        return this.openLink(1)
      case ']':
        return this.closeLink()
      case '<':
      case 'h':
      case 'H':
        return this.address()
      default:
        return 0
    }
  }

  private escape(): number {
    const next = this.text[this.at + 1]
    if (next === undefined || !ESCAPABLE.test(next)) return 0
    this.plain += next
    return 2
  }

  private codeSpan(): number {
    const length = runLength(this.text, this.at, '`')
    const starts = this.ticks.get(length) ?? []
    while (starts.length > 0 && (starts.at(-1) ?? 0) <= this.at) starts.pop()
    const end = starts.at(-1)
    if (end === undefined) {
      this.plain += this.text.slice(this.at, this.at + length)
      return length
    }
    return this.push({ text: this.text.slice(this.at + length, end).replace(/\n/g, ' '), code: true }, end + length - this.at)
  }

  private emphasis(): number {
    const letter = this.text[this.at] ?? ''
    const sign = this.signAt(letter)
    const mark = SIGNS[sign]
    if (!mark) return 0
    const before = this.text[this.at - 1]
    const after = this.text[this.at + sign.length]
    const isInWord = letter === '_' && before !== undefined && after !== undefined && WORD.test(before) && WORD.test(after)
    if (isInWord) return 0
    const started = this.open.get(sign)
    const hasContent = started !== undefined && (started < this.tokens.length - 1 || this.plain !== '')
    if (started !== undefined && hasContent && !isBlank(before)) return this.close(started, { text: sign, mark, side: 'close' }, sign.length)
    if (isBlank(after)) return 0
    this.push({ text: sign }, 0)
    this.open.set(sign, this.tokens.length - 1)
    return sign.length
  }

  /** Two letters of a run if there are two, but one when the inner, single sign has to be closed first. */
  private signAt(letter: string): string {
    const double = letter + letter
    if (!this.text.startsWith(double, this.at)) return letter
    const isInnerSingle = (this.open.get(letter) ?? -1) > (this.open.get(double) ?? -1) && this.text[this.at + 2] === letter
    return isInnerSingle ? letter : double
  }

  private openLink(length: number): number {
    this.push({ text: this.text.slice(this.at, this.at + length) }, 0)
    this.open.set('[', this.tokens.length - 1)
    return length
  }

  /** `](address "title")`; the title is passed by. An address that nobody may be led to leaves the words as text. */
  private closeLink(): number {
    const started = this.open.get('[')
    this.open.delete('[')
    if (started === undefined || this.text[this.at + 1] !== '(') return 0
    const from = this.at + 2
    const to = this.endOfDestination(from)
    const end = this.text[to] === ')' ? to : isBlank(this.text[to]) ? this.findParenthesis(to) : -1
    const href = end === -1 ? null : safeLink(this.text.slice(from, to).replace(/^<|>$/g, ''))
    return href ? this.close(started, { text: '', mark: 'a', side: 'close', href }, end + 1 - this.at) : 0
  }

  /** Stops before the next `[`, so that no letter is looked at by two links. */
  private endOfDestination(from: number): number {
    let depth = 0
    for (let index = from; index < this.text.length; index++) {
      const letter = this.text[index]
      if (letter === '[' || isBlank(letter)) return index
      if (letter === '(') depth++
      if (letter === ')' && depth-- === 0) return index
    }
    return this.text.length
  }

  private findParenthesis(from: number): number {
    if (this.nextParenthesis !== -1 && this.nextParenthesis < from) this.nextParenthesis = this.text.indexOf(')', from)
    return this.nextParenthesis
  }

  private address(): number {
    const isBracketed = this.text[this.at] === '<'
    const from = this.at + (isBracketed ? 1 : 0)
    if (this.open.has('[') || !/^https?:\/\//i.test(this.text.slice(from, from + 8))) return 0
    if (!isBracketed && WORD.test(this.text[this.at - 1] ?? ' ')) return 0
    let end = from
    while (end < this.text.length && !/[\s<>"`]/.test(this.text[end] ?? '')) end++
    if (isBracketed && this.text[end] !== '>') return 0
    if (!isBracketed) end = withoutTail(this.text, from, end)
    const shown = this.text.slice(from, end)
    const href = safeLink(shown)
    if (href) {
      this.push({ text: '', mark: 'a', side: 'open', href }, 0)
      this.push({ text: shown }, 0)
      this.push({ text: '', mark: 'a', side: 'close' }, 0)
    } else this.plain += shown
    return end + (isBracketed ? 1 : 0) - this.at
  }

  private close(started: number, token: Token, length: number): number {
    const opening = this.tokens[started]
    if (!opening) return 0
    opening.mark = token.mark
    opening.side = 'open'
    if (token.href !== undefined) opening.href = token.href
    for (const [other, index] of this.open) if (index >= started) this.open.delete(other)
    return this.push(token, length)
  }

  private push(token: Token, length: number): number {
    this.flush()
    this.tokens.push(token)
    return length
  }

  private flush(): void {
    if (this.plain) this.tokens.push({ text: this.plain })
    this.plain = ''
  }
}

function runLength(text: string, at: number, letter: string): number {
  let length = 0
  while (text[at + length] === letter) length++
  return length
}

/** A full stop after an address ends the sentence; a bracket closes what was opened before the address. */
function withoutTail(text: string, from: number, end: number): number {
  let opened = 0
  for (let index = from; index < end; index++) opened += text[index] === '(' ? 1 : text[index] === ')' ? -1 : 0
  let to = end
  for (; to > from; to--) {
    const last = text[to - 1] ?? ''
    if (last === ')' && opened < 0) opened++
    else if (!/[.,;:!?'*_~]/.test(last)) break
  }
  return to
}

function treeOf(tokens: readonly Token[]): readonly Inline[] {
  const root: Inline[] = []
  const stack: Inline[][] = [root]
  for (const token of tokens) {
    const here = stack[stack.length - 1] ?? root
    if (token.side === 'open' && token.mark) {
      const children: Inline[] = []
      here.push(token.mark === 'a' ? { tag: 'a', href: token.href ?? '', children } : { tag: token.mark, children })
      stack.push(children)
    } else if (token.side === 'close') stack.pop()
    else if (token.code) here.push({ tag: 'code', text: token.text })
    else if (token.isBreak) here.push({ tag: 'br', children: [] })
    else if (typeof here[here.length - 1] === 'string') here[here.length - 1] += token.text
    else here.push(token.text)
  }
  return root
}
