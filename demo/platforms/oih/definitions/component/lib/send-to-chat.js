const { post } = require('./post.js')

/**
 * Answers the run that asked: everything in `data` but the correlation is the result; `progress`
 * `{ fraction, text, step }` says how far it is, `error` that it failed. Hands its data on, so that several
 * of these can stand in one flow.
 * @this {{ emit(event: string, value: object): Promise<void> | void }}
 * @param {{ chatUrl?: string }} config the step's `fields`; `chatUrl` is where the chat is, like `https://chat.example.com/`
 * @throws when the address is not the chat's, or the chat does not take it
 */
exports.process = async function sendToChat({ data = {} }, { chatUrl }) {
  const { correlation = {}, ...said } = data
  const { replyUrl, replyToken, runId } = correlation
  // It came with the flow's data: whoever may call the hook shall not send this component anywhere else.
  if (!isBelow(replyUrl, chatUrl)) throw new Error('The reply address is not below the chatUrl of this step.')
  await post({ url: replyUrl, token: replyToken, body: { ...said, correlation: { runId } } })
  await this.emit('data', { data })
}

function isBelow(url, base) {
  try {
    const [wanted, allowed] = [new URL(url), new URL(base)]
    return wanted.origin === allowed.origin && wanted.pathname.startsWith(allowed.pathname)
  } catch {
    return false
  }
}
