declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** One exchange with an ordered record. Made by the gateway; unguessable, and checked all the same. */
export type ConversationId = Branded<'conversation'>
/** Made by the sender, once and for ever: 128 random bits, or for a connector `<inbox>:<their id>`. */
export type MessageId = Branded<'message'>
/** One store of one browser (or process) that sends; its counter is `deviceSeq`. */
export type DeviceId = Branded<'device'>
/** One execution of a command. Made by the gateway, 128 random bits, never reused. */
export type RunId = Branded<'run'>
/** One sign-in or configured connection at a partner. Made by the gateway. */
export type LinkId = Branded<'link'>
/** Somebody in one conversation. It tells nothing about the same person elsewhere. */
export type ParticipantId = Branded<'participant'>
/** Random id of one life of the log. A new or restored store has a new one. */
export type Epoch = Branded<'epoch'>

/** 16 bytes of chance as 22 characters. */
export const RANDOM_ID = /^[A-Za-z0-9_-]{22}$/
/** What a `messageId` may look like: a random id, or a connector's own id behind its inbox's name. */
export const MESSAGE_ID = /^[A-Za-z0-9_-][A-Za-z0-9_.:/@+=-]{5,199}$/

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Bytes as base64url without padding. Written out because `btoa` wants a detour over
 * strings and `Buffer` is not in the browser.
 * @param bytes any number of bytes; 16 make a random id, 32 a visitor key
 */
export function idFromBytes(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const word = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    const letters = left > 2 ? 4 : left + 1
    for (let letter = 0; letter < letters; letter++) text += ALPHABET[(word >> (18 - 6 * letter)) & 63]
  }
  return text
}
