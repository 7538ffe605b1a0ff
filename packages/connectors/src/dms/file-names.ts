/** What files are by the end of their names: enough to draw pictures and to name the rest. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  zip: 'application/zip',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4'
}
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]{1,100}$/

/** @param said what the sender says it is. @param names the file may have, the first with a known end counts */
export function mediaTypeOf(said: string, names: readonly string[]): string {
  const type = said.toLowerCase()
  if (MEDIA_TYPE.test(type)) return type
  const known = names.map((name) => /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? '').find((end) => Object.hasOwn(BY_EXTENSION, end))
  return (known === undefined ? undefined : BY_EXTENSION[known]) ?? 'application/octet-stream'
}

/** The last step of an address as people would read it. */
export function nameInAddress(url: string): string {
  const { pathname } = new URL(url)
  const last = pathname.split('/').findLast((step) => step !== '') ?? 'attachment'
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
