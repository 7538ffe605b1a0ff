/** Sends the last messages of a page that is leaving. Nobody hears the answer. */
export type LastPost = (body: string) => void

/** The browser carries the request on after the page is gone. `text/plain`, so that it asks nobody before. */
export const keepAlivePost =
  (url: string): LastPost =>
  (body) => {
    if (typeof document === 'undefined') return
    fetch(`${url}/append`, { method: 'POST', body, keepalive: true, credentials: 'omit', mode: 'no-cors' }).catch(() => {
      // What did not get through is in the outbox still.
    })
  }
