import * as v from 'valibot'
import { safeLink, safeSource } from '../safe-url.js'
import { text } from './basics.js'

/** Where a link may lead. */
export const linkAddress = v.pipe(
  text(4_096),
  v.check((url) => safeLink(url) !== null, 'not a web address')
)
/** What a picture or a file may be fetched from. */
export const sourceAddress = v.pipe(
  text(4_096),
  v.check((url) => safeSource(url) !== null, 'not a web address')
)
