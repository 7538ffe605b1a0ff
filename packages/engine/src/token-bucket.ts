/** Tokens left, and when that was counted. */
export type Bucket = { readonly tokens: number; readonly at: number }
export type BucketSize = { readonly perSecond: number; readonly burst: number }

/**
 * Takes one token. A clock that goes back adds nothing.
 * @returns the bucket afterwards, and 0 or the wait in ms until the next token
 */
export function takeToken(bucket: Bucket, size: BucketSize, now: number): { readonly bucket: Bucket; readonly retryInMs: number } {
  const grown = Math.min(size.burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * size.perSecond)
  if (grown >= 1) return { bucket: { tokens: grown - 1, at: now }, retryInMs: 0 }
  return { bucket: { tokens: grown, at: now }, retryInMs: Math.ceil(((1 - grown) / size.perSecond) * 1000) }
}
