/**
 * The raw body, or `null` when it is longer than `limit` bytes: then the rest is not read.
 * A length that was announced is believed only when it is too much.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null
  if (!request.body) return new Uint8Array()
  const pieces: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const bytes = piece.value as Uint8Array
    length += bytes.length
    if (length > limit) {
      await reader.cancel()
      return null
    }
    pieces.push(bytes)
  }
  return new Uint8Array(Buffer.concat(pieces, length))
}
