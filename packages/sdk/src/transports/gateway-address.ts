/** The handshake may take this long. */
export const CONNECT_MS = 10_000

/** Where Socket.IO of a gateway is; a path in front is kept. */
export function gatewayAddress(url: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(url)
  return { origin, path: `${pathname.replace(/\/$/, '')}/socket.io/` }
}
