import type { Client } from '@parley/sdk'
import { warnOnLeaving } from './leave-warning.js'
import type { EventName } from './chat-element.js'

export type Emit = (name: EventName, detail: unknown) => void

/** Tells the page what happens in the client. @returns stops telling */
export function followClient(client: Client, emit: Emit, tell: (error: unknown) => void, onReset: () => void): () => void {
  const stops = [
    client.$connection.listen((status) => emit('connection', status)),
    client.conversation.$unread.listen((count) => emit('unread', { count })),
    client.on('message.created', (event) => emit('message', event)),
    client.on('error', tell),
    client.on('reset', onReset),
    warnOnLeaving(client)
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** On the element and on the window, so a page may listen before there is an element. */
export function emitOn(element: HTMLElement, name: EventName, detail: unknown): void {
  for (const target of [element, window]) target.dispatchEvent(new CustomEvent(`parley:${name}`, { detail }))
}
