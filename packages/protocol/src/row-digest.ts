/** What of a row goes into its digest. */
type RowKey = { readonly seq: number; readonly messageId: string }

/**
 * Digest of rows by number and messageId, in their order: two sides that give the same one hold the same rows. It finds
 * accidents (a log put back, a row lost on the way), not forgeries: both sides could see the rows themselves.
 * Two FNV-1a hashes of 32 bits with other beginnings, as 16 hex digits.
 */
export function digestRows(rows: readonly RowKey[]): string {
  let one = 0x811c9dc5
  let other = 0x9747b28c
  for (const { seq, messageId } of rows) {
    const text = `${seq} ${messageId}\n`
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      one = Math.imul(one ^ code, 0x01000193)
      other = Math.imul(other ^ code, 0x01000193) ^ (other >>> 15)
    }
  }
  return [one, other].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
