import type { BotScript, BotStep } from './bot-script.js'
import type { Customer, State, WireBody } from './state.js'

/** The bot: what it answers (`answerOf`, which decides) and how it takes its time over it (`createBot`, which does). */

type Heard = { readonly text: string; readonly postback: string | null }

/** @param isNew the first text of a session */
function answerOf(script: BotScript, { text, postback }: Heard, isNew: boolean): readonly BotStep[] {
  const said = text.trim().toLowerCase()
  // Another bot has sent them on, with what was said before: they have asked for a person.
  const wish = isNew && said.startsWith('handed over') ? 'person' : null
  const payload = [postback, wish, script.words[said], said].find((key) => typeof key === 'string' && Object.hasOwn(script.answers, key))
  const known = typeof payload === 'string' ? script.answers[payload] : undefined
  return known ?? (isNew ? script.greeting : script.unknown)
}

export interface Bot {
  hear(customer: Customer, heard: Heard, isNew: boolean): void
  /** Whatever it was about to say to this customer stays unsaid. */
  hush(customerId: string): void
}
type BotParts = {
  readonly state: State
  readonly script: () => BotScript
  /** `isAgent`: the agent who comes in says it. */
  readonly send: (customerId: string, body: WireBody, isAgent: boolean) => void
}

type SlowStep = Exclude<BotStep, { readonly do: 'typing' }>

/** So long somebody is looked for, in steps. */
const HAND_OVER_STEPS = 3

export function createBot({ state, script, send }: BotParts): Bot {
  const waiting = new Map<string, { readonly steps: BotStep[]; cancel(): void }>()

  function next(customerId: string): void {
    const talk = waiting.get(customerId)
    const step = talk?.steps.shift()
    if (!talk || !step) return void waiting.delete(customerId)
    if (step.do === 'typing') {
      send(customerId, { type: 'typing_indicator' }, false)
      return next(customerId)
    }
    if (step.do === 'hand-over') state.setCustomer(customerId, { floor: 'waiting' })
    talk.cancel = state.clock.setTimer((step.do === 'hand-over' ? HAND_OVER_STEPS : 1) * state.stepMs, () => {
      perform(customerId, step)
      next(customerId)
    })
  }

  function perform(customerId: string, step: SlowStep): void {
    switch (step.do) {
      case 'send':
        return send(customerId, named(step.body, state.customer(customerId)), false)
      case 'hand-over':
        state.setCustomer(customerId, { floor: 'agent' })
        return send(customerId, named({ type: 'text', text: step.greeting }, state.customer(customerId)), true)
      default:
        return step satisfies never
    }
  }

  return {
    hear(customer, heard, isNew) {
      const steps = [...answerOf(script(), heard, isNew)]
      const talk = waiting.get(customer.id)
      if (talk) return void talk.steps.push(...steps)
      waiting.set(customer.id, { steps, cancel: () => {} })
      next(customer.id)
    },
    hush(customerId) {
      waiting.get(customerId)?.cancel()
      waiting.delete(customerId)
    }
  }
}

const named = (body: WireBody, { name }: Customer): WireBody =>
  typeof body.text === 'string' ? { ...body, text: body.text.replace(' {name}', name === '' ? '' : ` ${name}`) } : body
