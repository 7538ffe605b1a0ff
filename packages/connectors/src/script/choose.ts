import type { KnownEvent } from '@parley/protocol'
import type { ScriptConfig, Step } from './config.js'
import { holds, keyOf, wordsOf } from './words.js'

/**
 * What happened → the step to play, or `null` for what the script does not answer.
 * @param last the step that offered something last: whoever types the words of its buttons means the button
 */
export function chooseStep(config: ScriptConfig, event: KnownEvent, last: Step | null): Step | null {
  switch (event.type) {
    case 'conversation.opened':
      return config.greeting
    case 'answer.given':
      return config.steps.get(event.body.value) ?? byWords(config, event.body.value) ?? byWords(config, event.body.label ?? '') ?? config.fallback
    case 'message.created':
      if (event.author.role !== 'visitor') return null
      return byText(config, event.body.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('\n'), last) ?? config.fallback
    default:
      return null
  }
}

function byText(config: ScriptConfig, text: string, last: Step | null): Step | null {
  const key = keyOf(text)
  const value = key === '' ? undefined : last?.offers.get(key)
  const offered = value === undefined ? null : (config.steps.get(value) ?? byWords(config, value))
  return offered ?? byWords(config, text)
}

/** The step with the longest phrase that stands in the text; of several, the one that was written first. */
function byWords(config: ScriptConfig, text: string): Step | null {
  const words = wordsOf(text)
  let best: { readonly step: Step; readonly length: number } | null = null
  for (const step of config.steps.values()) {
    const length = Math.max(0, ...step.phrases.filter((phrase) => holds(words, phrase)).map((phrase) => phrase.length))
    if (length > (best?.length ?? 0)) best = { step, length }
  }
  return best?.step ?? null
}
