import { safeLink, safeSource, type FilePart, type LinkPart } from '@parley/protocol'
import { Icon } from '../views/icons.js'
import { RICH_ICONS } from './icons.js'
import { OutLink } from './out-link.js'
import { Picture } from './picture.js'
import { words } from './words.js'

/** A web address to follow, as a tile; one that nobody may be led to, as text. */
export function LinkTile({ part }: { readonly part: LinkPart }) {
  const href = safeLink(part.url)
  if (!href) return <p>{[part.title, part.url].filter(Boolean).join(': ')}</p>
  return (
    <OutLink href={href} class="tile" part="card">
      <span class="tile-text">
        <span class="tile-title">{part.title || part.url}</span>
        {part.title ? <span class="faint">{new URL(href).host || part.url}</span> : null}
      </span>
      <Icon path={RICH_ICONS.out} />
    </OutLink>
  )
}

/** A picture is drawn, any other file is offered. */
export function FileTile({ part }: { readonly part: FilePart }) {
  const src = safeSource(part.url)
  if (!src) return <p>{part.name}</p>
  if (part.mediaType.startsWith('image/')) return <Picture src={src} alt={part.alt || part.name} />
  return (
    <OutLink href={src} class="tile" part="card">
      <Icon path={RICH_ICONS.file} />
      <span class="tile-text">
        <span class="tile-title">{part.name}</span>
        <span class="faint">{[part.mediaType, sizeText(part.bytes)].filter(Boolean).join(' · ')}</span>
      </span>
      <span class="hidden">{words.newTab}</span>
    </OutLink>
  )
}

/** Bytes as people say them: `12 kB`, `3.4 MB`. */
function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return ''
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
