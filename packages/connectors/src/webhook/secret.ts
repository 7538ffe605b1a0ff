/** The form of a signing secret, and the key it stands for. */

export const SECRET_WANTED = '"whsec_" and 24 to 64 bytes as Base64, or any other text of 24 to 500 characters'

const PREFIX = 'whsec_'
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** @returns the bytes to sign with, or `null` when this is no secret */
export function readSecret(text: string): Uint8Array<ArrayBuffer> | null {
  if (!text.startsWith(PREFIX)) return text.length >= 24 && text.length <= 500 ? new TextEncoder().encode(text) : null
  const bytes = bytesFromBase64(text.slice(PREFIX.length))
  return bytes && bytes.length >= 24 && bytes.length <= 64 ? bytes : null
}

/** @returns `null` for what is not Base64 with its padding */
export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return null
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

export const base64FromBytes = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
