/** A chat that does not answer within this time is not waited for. */
const TIMEOUT_MS = 30_000

/**
 * Posts to the chat and looks at what it answers.
 * @param {{ url: string, token: unknown, body: object }} reply
 * @throws when the chat does not take it; neither address nor secret is in the text
 */
async function post({ url, token, body }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-parley-reply-token': String(token ?? '') },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS)
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`The chat answered ${response.status}.`)
}

module.exports = { post }
