/**
 * May a page with this `Origin` talk to the gateway? Only exact matches with the configuration.
 * A request without the header does not come from a page: nothing ambient (no cookie) authenticates
 * here, so it may do what anybody with a socket may. `null` is a page that hides where it is from.
 */
export function isOriginAllowed(origin: string | undefined, allowed: ReadonlySet<string>): boolean {
  return origin === undefined || allowed.has(origin)
}
