import type { ConversationId, Json } from '@parley/protocol'

/** One conversation of one socket, as long as the socket is there. */
export type Holder = {
  readonly conversation: ConversationId
  /** Told what is recorded nowhere. */
  hear(body: Json): void
}

/** Which conversations the answers to a customer go to: those of sockets that have used the number since they connected. */
export interface Customers {
  /** @returns the number is used no more */
  use(customer: string, holder: Holder): () => void
  of(customer: string): readonly Holder[]
  /** Under which number DMS knows a conversation; `null` for one that nobody is on. */
  customerIn(conversation: ConversationId): string | null
}

export function createCustomers(): Customers {
  const holders = new Map<string, Set<Holder>>()
  /** Several sockets may be on one conversation. */
  const numbers = new Map<ConversationId, { readonly customer: string; count: number }>()

  function leave(customer: string, holder: Holder): void {
    const group = holders.get(customer)
    group?.delete(holder)
    if (group?.size === 0) holders.delete(customer)
    const number = numbers.get(holder.conversation)
    if (number && --number.count === 0) numbers.delete(holder.conversation)
  }

  return {
    use(customer, holder) {
      holders.set(customer, (holders.get(customer) ?? new Set()).add(holder))
      const number = numbers.get(holder.conversation) ?? { customer, count: 0 }
      number.count += 1
      numbers.set(holder.conversation, number)
      let isUsed = true
      return () => {
        if (isUsed) leave(customer, holder)
        isUsed = false
      }
    },
    of: (customer) => [...(holders.get(customer) ?? [])],
    customerIn: (conversation) => numbers.get(conversation)?.customer ?? null
  }
}
