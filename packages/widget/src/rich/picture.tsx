import { useState } from 'preact/hooks'
import { OutLink } from './out-link.js'
import { words } from './words.js'

/** A picture from an address that was checked: fetched when seen, large in a new tab; when it fails, its name as a link. */
export function Picture({ src, alt }: { readonly src: string; readonly alt: string }) {
  const [isBroken, setBroken] = useState(false)
  const name = alt || words.picture
  return (
    <OutLink href={src} class={isBroken ? undefined : 'picture'}>
      {isBroken ? name : <img src={src} alt={name} loading="lazy" decoding="async" referrerpolicy="no-referrer" onError={() => setBroken(true)} />}
    </OutLink>
  )
}
