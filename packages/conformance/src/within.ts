import { Broken } from './check.js'

/**
 * Waits for a promise, but no longer than `ms`.
 * @param what is waited for, for the report
 * @throws Broken when it did not come
 */
export async function within<Value>(ms: number, promise: Promise<Value>, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken(`nothing within ${ms / 1_000} s`, what)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
