import { freshId } from '../chance.js'

/** The body of one message in a conversation of its own, as the connector writes it; `over` changes what is to be odd about it. */
export const requestBody = (over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    type: 'message',
    conversation: freshId(),
    message: { id: freshId(), text: 'Good day', parts: [{ kind: 'text', text: 'Good day' }] },
    context: [],
    state: null,
    callback: null,
    ...over
  })
