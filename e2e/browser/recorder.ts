import type { Page } from '@playwright/test'

/** What one tab showed while it was watched. */
export type Recorded = {
  /** Lists that held an item twice, or rows out of order. */
  readonly faults: readonly string[]
  /** Words of what is shown now, in order, with their numbers. */
  readonly shown: readonly string[]
  readonly pending: number
  readonly state: string
  readonly counters: { readonly orderViolations: number; readonly duplicatesDropped: number }
}

type Watched = Window & { parleyFaults?: string[] }
type Item = { readonly key: string; readonly seq: number | null; readonly status?: string; readonly parts?: readonly { readonly text?: string }[] }
type ChatElement = HTMLElement & {
  readonly client: {
    readonly $connection: { get(): { readonly state: string } }
    readonly conversation: {
      readonly $timeline: { get(): readonly Item[]; subscribe(listener: (items: readonly Item[]) => void): void }
      send(line: string): Promise<unknown>
    }
    counters(): Recorded['counters']
  } | null
}

/** From now on every list that the tab shows is looked at, in the page itself. Waits until there is a client. */
export async function watch(page: Page): Promise<void> {
  await page.waitForFunction(() => (document.querySelector('parley-chat') as ChatElement | null)?.client)
  await page.evaluate(() => {
    const { client } = document.querySelector('parley-chat') as unknown as ChatElement
    const faults: string[] = []
    ;(window as Watched).parleyFaults = faults
    client?.conversation.$timeline.subscribe((items) => {
      const keys = new Set(items.map((item) => item.key))
      if (keys.size !== items.length) faults.push('an item was shown twice')
      let last = 0
      for (const { seq } of items) {
        if (seq === null) continue
        if (seq <= last) faults.push(`row ${seq} was shown behind row ${last}`)
        last = seq
      }
    })
  })
}

export const read = (page: Page): Promise<Recorded> =>
  page.evaluate(() => {
    const { client } = document.querySelector('parley-chat') as unknown as ChatElement
    const items = client?.conversation.$timeline.get() ?? []
    return {
      faults: (window as Watched).parleyFaults ?? [],
      shown: items.map((item) => `${item.seq ?? '-'} ${item.parts?.[0]?.text ?? ''}`),
      pending: items.filter((item) => item.seq === null).length,
      state: client?.$connection.get().state ?? 'none',
      counters: client?.counters() ?? { orderViolations: 0, duplicatesDropped: 0 }
    }
  })

/** Gives lines to the chat without waiting for what becomes of them. */
export const say = (page: Page, ...lines: readonly string[]): Promise<void> =>
  page.evaluate((all) => {
    const { client } = document.querySelector('parley-chat') as unknown as ChatElement
    for (const line of all) client?.conversation.send(line).catch(() => {})
  }, lines)

/** The open sockets of some tabs to the gateway, and how many there ever were at once. */
export function countSockets(): { follow(page: Page): void; now(): number } {
  let open = 0
  return {
    now: () => open,
    follow(page) {
      page.on('websocket', (socket) => {
        open++
        socket.on('close', () => open--)
      })
      // Of a page that is gone nobody says that its sockets are.
      page.on('close', () => {})
    }
  }
}
