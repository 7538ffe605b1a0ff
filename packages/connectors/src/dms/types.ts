import type { Json } from '@parley/protocol'

/**
 * What Pega Digital Messaging says through its Client Channel API, as far as it is read here. Sources: Pega's page "Client
 * Channel API payload requirements" (8.7, March 2023), the class of `dms-client-channel` and Labb Chat Hook with its client
 * (2024), users of the API. Read 2026-11. Names that differ between the sources are all read; the inside of a carousel is
 * in none of them and is read under the names that other chat APIs use.
 */
export type DmsBody =
  | (DmsMessage & { readonly type: 'text'; readonly text: string; readonly attachments: readonly DmsAttachment[] })
  | (DmsMessage & { readonly type: 'menu'; readonly title: string; readonly items: readonly DmsItem[] })
  | (DmsMessage & { readonly type: 'carousel'; readonly title: string; readonly cards: readonly DmsCard[] })
  | (DmsMessage & { readonly type: 'link_button'; readonly title: string; readonly label: string; readonly url: string })
  | (DmsCommon & { readonly type: 'typing_indicator' })
  | (DmsCommon & { readonly type: 'csr_end_session' })
  | (DmsCommon & { readonly type: 'wait_time'; readonly waitTime: string })
  /** A type that this version does not know; `was` is its name. */
  | (DmsCommon & { readonly type: 'unknown'; readonly was: string; readonly messageId: string | null })

/** `customerId` may be empty: the number of an unauthenticated person in a Labb Chat Hook. Absent texts are `''`. */
type DmsCommon = { readonly customerId: string; readonly author: string; readonly csrName: string }
type DmsMessage = DmsCommon & { readonly messageId: string }

export type DmsItem = { readonly text: string; readonly payload: string }
export type DmsAttachment = { readonly url: string; readonly name: string; readonly mediaType: string }
export type DmsCard = { readonly title: string; readonly text: string; readonly image: string; readonly buttons: readonly DmsButton[] }
/** One of `payload` and `url` says what it does. */
export type DmsButton = { readonly label: string; readonly payload: string; readonly url: string }

/** Who writes, as DMS shall know them: `id` is the same for one person, `name` is what its agents see. */
export type DmsCustomer = { readonly id: string; readonly name: string }

/** A body on the way to DMS. */
export type DmsOut = Readonly<Record<string, Json>>
