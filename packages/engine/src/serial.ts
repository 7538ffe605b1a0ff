/** Runs work under one key one after another; under different keys side by side. */
export interface Serial {
  run<Value>(key: string, work: () => Promise<Value>): Promise<Value>
}

export function createSerial(): Serial {
  const last = new Map<string, Promise<unknown>>()
  return {
    run(key, work) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      last.set(key, mine)
      const forget = (): void => {
        if (last.get(key) === mine) last.delete(key)
      }
      mine.then(forget, forget)
      return mine
    }
  }
}
