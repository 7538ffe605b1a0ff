import type { ScriptSettings } from './config-schema.js'

type Script = Pick<ScriptSettings, 'greeting' | 'fallback' | 'steps'>

const DEMO = 'I am a demonstration: a few fixed sentences, and nobody behind them.'

/** What is played where nobody has written a script. It says what it is: whoever reads it must not take it for an answer. */
export function builtIn({ canHandOver }: { readonly canHandOver: boolean }): Script {
  if (!canHandOver) {
    return { greeting: 'welcome', fallback: 'lost', steps: { welcome: { say: `Hello! ${DEMO}` }, lost: { say: `I cannot answer that. ${DEMO}` } } }
  }
  const choices = [{ label: 'Talk to a person', go: 'person' }]
  return {
    greeting: 'welcome',
    fallback: 'lost',
    steps: {
      welcome: { say: 'Hello! I am a demonstration: a few fixed sentences. I can fetch a person for you.', choices },
      person: {
        say: 'One moment, I am fetching a person.',
        handOver: true,
        otherwise: 'Nobody can take over at the moment.',
        match: ['person', 'human', 'agent']
      },
      lost: { say: 'I cannot answer that: I am a demonstration. I can fetch a person for you.', choices }
    }
  }
}
