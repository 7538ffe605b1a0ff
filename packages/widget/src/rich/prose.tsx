import { useMemo } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { parseMarkdown, type Block } from './markdown.js'
import type { Inline } from './markdown-inline.js'
import { OutLink } from './out-link.js'
import { ProseTable } from './prose-table.js'

/** Markdown as elements: only those named here, with no attribute but an address that was checked. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  return <div class="prose">{blocks.map(drawBlock)}</div>
}

function drawBlock(block: Block): ComponentChildren {
  switch (block.tag) {
    case 'p':
      return <p>{drawInline(block.content)}</p>
    case 'heading':
      return <p class={block.level < 3 ? 'heading large' : 'heading'}>{drawInline(block.content)}</p>
    case 'pre':
      return <pre tabIndex={0}>{block.text}</pre>
    case 'hr':
      return <hr />
    case 'blockquote':
      return <blockquote>{block.blocks.map(drawBlock)}</blockquote>
    case 'list':
      return block.start === null ? <ul>{drawItems(block.items)}</ul> : <ol start={block.start}>{drawItems(block.items)}</ol>
    case 'table':
      return <ProseTable head={block.head.map(drawInline)} rows={block.rows.map((row) => row.map(drawInline))} />
    default:
      return block satisfies never
  }
}

const drawItems = (items: readonly (readonly Block[])[]) =>
  items.map((blocks) => <li>{blocks.length === 1 && blocks[0]?.tag === 'p' ? drawInline(blocks[0].content) : blocks.map(drawBlock)}</li>)

const drawInline = (content: readonly Inline[]): ComponentChildren => content.map(drawOne)

function drawOne(inline: Inline): ComponentChildren {
  if (typeof inline === 'string') return inline
  switch (inline.tag) {
    case 'br':
      return <br />
    case 'code':
      return <code>{inline.text}</code>
    case 'a':
      return <OutLink href={inline.href}>{drawInline(inline.children)}</OutLink>
    case 'strong':
      return <strong>{drawInline(inline.children)}</strong>
    case 'em':
      return <em>{drawInline(inline.children)}</em>
    case 'del':
      return <del>{drawInline(inline.children)}</del>
    default:
      return inline satisfies never
  }
}
