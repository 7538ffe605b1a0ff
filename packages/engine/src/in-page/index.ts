export { inPage } from './in-page.js'
export type { InPageOptions } from './in-page.js'
export type { PageLocks } from './place.js'
