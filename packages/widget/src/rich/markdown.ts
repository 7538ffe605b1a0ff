import { parseInline, type Inline } from './markdown-inline.js'

/** A block of markdown as data. Never HTML: what looks like a tag stays text. */
export type Block =
  | { readonly tag: 'p'; readonly content: readonly Inline[] }
  | { readonly tag: 'heading'; readonly level: number; readonly content: readonly Inline[] }
  | { readonly tag: 'pre'; readonly text: string }
  | { readonly tag: 'hr' }
  | { readonly tag: 'blockquote'; readonly blocks: readonly Block[] }
  | { readonly tag: 'list'; readonly start: number | null; readonly items: readonly (readonly Block[])[] }
  | { readonly tag: 'table'; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }

/** Quotes and lists inside one another; deeper ones are paragraphs. */
const MAX_DEPTH = 6
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}(#{1,6}) +(.*)$/
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,8})(?:([-*+])|(\d{1,9})[.)])( +|$)/
const TABLE_RULE = /^ {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/

/** Reads line by line; each kind of block takes its own lines off and hands the rest back. */
export const parseMarkdown = (text: string): readonly Block[] => parseLines(text.replace(/\r\n?/g, '\n').replace(/\t/g, '    ').split('\n'), 0)

function parseLines(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    if ((lines[at] ?? '').trim() === '') {
      at++
      continue
    }
    const [block, next] = parseBlock(lines, at, depth)
    blocks.push(block)
    at = next
  }
  return blocks
}

type Taken = readonly [block: Block, next: number]

function parseBlock(lines: readonly string[], at: number, depth: number): Taken {
  const line = lines[at] ?? ''
  const heading = HEADING.exec(line)
  if (FENCE.test(line)) return takeFence(lines, at)
  if (heading) return [{ tag: 'heading', level: heading[1]?.length ?? 1, content: parseInline((heading[2] ?? '').trim()) }, at + 1]
  if (isRule(line)) return [{ tag: 'hr' }, at + 1]
  if (QUOTE.test(line) && depth < MAX_DEPTH) return takeQuote(lines, at, depth)
  if (ITEM.test(line) && depth < MAX_DEPTH) return takeList(lines, at, depth)
  if (isTableHead(lines, at)) return takeTable(lines, at)
  return takeParagraph(lines, at, depth)
}

/** The expression is tried on short lines only: a rule is no longer than that. */
const isRule = (line: string): boolean => line.length < 100 && RULE.test(line.trimEnd())

function takeFence(lines: readonly string[], at: number): Taken {
  const fence = FENCE.exec(lines[at] ?? '')?.[1] ?? '```'
  let end = at + 1
  while (end < lines.length && !isFenceEnd(lines[end] ?? '', fence)) end++
  return [{ tag: 'pre', text: lines.slice(at + 1, end).join('\n') }, end + 1]
}

function isFenceEnd(line: string, fence: string): boolean {
  const trimmed = line.trim()
  return trimmed.length >= fence.length && trimmed === (fence[0] ?? '`').repeat(trimmed.length)
}

function takeQuote(lines: readonly string[], at: number, depth: number): Taken {
  let end = at
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end++
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''))
  return [{ tag: 'blockquote', blocks: parseLines(inner, depth + 1) }, end]
}

function takeList(lines: readonly string[], at: number, depth: number): Taken {
  const first = ITEM.exec(lines[at] ?? '')
  const indent = first?.[1]?.length ?? 0
  const isOrdered = first?.[3] !== undefined
  const items: (readonly Block[])[] = []
  let next = at
  while (next < lines.length) {
    const item = ITEM.exec(lines[next] ?? '')
    if (!item || (item[1]?.length ?? 0) < indent || (item[3] !== undefined) !== isOrdered || isRule(lines[next] ?? '')) break
    const end = endOfItem(lines, next, indent)
    const inner = [(lines[next] ?? '').slice(item[0].length), ...lines.slice(next + 1, end).map((line) => unindent(line, indent + 2))]
    items.push(parseLines(inner, depth + 1))
    next = end
  }
  return [{ tag: 'list', start: isOrdered ? Number(first?.[3]) : null, items }, next]
}

/** An item goes on over deeper lines, lines that follow without a blank one, and one blank line before deeper ones. */
function endOfItem(lines: readonly string[], at: number, indent: number): number {
  let end = at + 1
  for (; end < lines.length; end++) {
    const line = lines[end] ?? ''
    const isBlank = line.trim() === ''
    const nextLine = lines[end + 1] ?? ''
    if (isBlank && (nextLine.trim() === '' || indentOf(nextLine) <= indent)) break
    if (!isBlank && indentOf(line) <= indent && beginsBlock(line)) break
  }
  return endsBlank(lines, end) ? end + 1 : end
}

/** A blank line between two items of one list belongs to the first. */
const endsBlank = (lines: readonly string[], at: number): boolean => at < lines.length && (lines[at] ?? '').trim() === '' && ITEM.test(lines[at + 1] ?? '')
const indentOf = (line: string): number => line.length - line.trimStart().length
const unindent = (line: string, by: number): string => line.slice(Math.min(by, indentOf(line)))
const beginsBlock = (line: string): boolean => FENCE.test(line) || HEADING.test(line) || QUOTE.test(line) || ITEM.test(line) || isRule(line)

const MAX_TABLE_RULE = 500
function isTableHead(lines: readonly string[], at: number): boolean {
  const rule = lines[at + 1] ?? ''
  return (
    (lines[at] ?? '').includes('|') &&
    rule.includes('-') &&
    rule.length < MAX_TABLE_RULE &&
    TABLE_RULE.test(rule) &&
    cellsOf(rule).length === cellsOf(lines[at] ?? '').length
  )
}

function takeTable(lines: readonly string[], at: number): Taken {
  const head = cellsOf(lines[at] ?? '')
  let end = at + 2
  while (end < lines.length && (lines[end] ?? '').includes('|')) end++
  const rows = lines.slice(at + 2, end).map((line) => {
    const cells = cellsOf(line)
    return head.map((_, column) => parseInline(cells[column] ?? ''))
  })
  return [{ tag: 'table', head: head.map((cell) => parseInline(cell)), rows }, end]
}

function cellsOf(line: string): string[] {
  const trimmed = line.trim()
  const inner = trimmed.slice(trimmed.startsWith('|') ? 1 : 0, trimmed.endsWith('|') && !trimmed.endsWith('\\|') ? -1 : undefined)
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function takeParagraph(lines: readonly string[], at: number, depth: number): Taken {
  let end = at + 1
  while (end < lines.length && (lines[end] ?? '').trim() !== '' && !(depth < MAX_DEPTH && beginsBlock(lines[end] ?? ''))) end++
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join('\n')
  return [{ tag: 'p', content: parseInline(text) }, end]
}
