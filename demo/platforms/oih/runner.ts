import { getMe, makeReport, startAuth, type Step } from './components.js'
import type { Flow, PlatformState } from './state.js'

/** The broker and the orchestrator in one: runs a flow's steps one after another, apart from the hook's answer. */

/** What the webhooks service publishes. The caller's headers, Authorization too, go to the first step. */
export type FlowMessage = {
  readonly id: string
  readonly attachments: object
  readonly data: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly metadata: object
  readonly url: string
  readonly method: string
}
export type RunFlow = (flow: Flow, message: FlowMessage) => void

const STEPS: Readonly<Record<string, Step>> = { startAuth, getMe, makeReport }

export function createRunner(state: PlatformState): RunFlow {
  const send = (data: Data): Promise<void> => sendToFront(state, data)
  const pause = (): Promise<void> => new Promise((resolve) => void state.clock.setTimer(state.stepMs, resolve))

  async function execute(flow: Flow, first: FlowMessage): Promise<void> {
    let message = first
    for (const node of flow.graph.nodes) {
      await pause()
      await state.faults.stepsMayGo()
      if (state.isStopped) return
      const data = dataOf(message)
      if (node.function === 'sendToFront') await send(data)
      // Only what a step emits as `data` goes on: metadata and headers end here, as with the real components.
      else message = { ...message, headers: {}, metadata: {}, data: await runStep(node.function, data, message.headers) }
    }
  }

  async function runStep(name: string, data: Data, headers: Readonly<Record<string, string>>): Promise<Data> {
    const emitted = (await STEPS[name]?.({ state, data, headers, pause, send })) ?? {}
    return state.legacyComponents ? emitted : { ...emitted, correlation: data.correlation }
  }

  return (flow, message) => {
    execute(flow, message).catch((reason: unknown) => {
      if (!state.isStopped) console.error(`demo hub: flow ${flow.id} failed: ${reason instanceof Error ? reason.message : String(reason)}`)
    })
  }
}

export type Data = Readonly<Record<string, unknown>>
const dataOf = (message: FlowMessage): Data => (typeof message.data === 'object' && message.data !== null ? (message.data as Data) : {})

/** The last step: posts its data to where the chat asked for it. */
async function sendToFront(state: PlatformState, data: Data): Promise<void> {
  const { replyUrl } = (data.correlation ?? {}) as { readonly replyUrl?: unknown }
  const url = !state.legacyComponents && typeof replyUrl === 'string' ? replyUrl : state.callbackBase ? `${state.callbackBase}/oih-receiver` : null
  if (url === null) return
  const body = JSON.stringify(data)
  for (let time = 0; time < state.faults.callbackTimes; time++) {
    // The real component ignores the answer, too; it is kept for tests.
    const status = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
      (response) => response.status,
      () => null
    )
    state.callbacks.push({ url, body, status })
  }
}
