/**
 * First step of a flow that a chat runs: hands on what the chat sent. Later steps see only `data`, so the
 * correlation goes there whole; for a call by GET its secret came in a header, which only this step sees.
 * @this {{ emit(event: string, value: object): Promise<void> | void }}
 */
exports.process = async function readHook({ data = {}, headers = {} }) {
  const replyToken = data.correlation?.replyToken ?? headers['x-parley-reply-token']
  await this.emit('data', { data: { ...data, correlation: { ...data.correlation, replyToken } } })
}
