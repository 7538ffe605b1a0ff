const { randomUUID } = require('node:crypto')
const { post } = require('./post.js')

/**
 * Last step of a flow that runs by itself: brings what it found to the chat that waits for it. The id is the
 * execution's, so that a result that is told twice is shown once.
 * @this {{ emit(event: string, value: object): Promise<void> | void }}
 * @param {{ replyUrl?: string, replyToken?: string }} config the step's `fields`, as the gateway's operator gives them
 * @throws when the chat does not take it
 */
exports.process = async function sendResult({ id, data = {} }, { replyUrl, replyToken }, _snapshot, _headers, task) {
  await post({ url: replyUrl, token: replyToken, body: { result: data, id: task?.flowExecId ?? id ?? randomUUID() } })
  await this.emit('data', { data })
}
