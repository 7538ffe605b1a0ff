import type { Draft } from '@parley/protocol'

/** The words by which a message is told apart; a void has none. */
export function textOf(draft: Draft): string {
  switch (draft.type) {
    case 'message.created': {
      const [part] = draft.body.parts
      return part?.kind === 'text' ? part.text : ''
    }
    case 'answer.given':
      return draft.body.value
    case 'run.started':
      return String(draft.body.args['text'])
    case 'void':
      return ''
    default:
      return draft satisfies never
  }
}
