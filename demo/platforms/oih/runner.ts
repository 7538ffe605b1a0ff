import { type Data, getMe, makeReport, startAuth, type Step } from './components.js'
import type { Flow, FlowNode } from './flow.js'
import { sendResult, sendToFront } from './replies.js'
import { countGreenhouse, echo, readHours, takePrice, watchStock } from './shop-components.js'
import type { PlatformState } from './state.js'

/** A flow's containers: runs its steps one after another, each with what the one before it emitted. */

/** What a service publishes to have a flow run. The caller's headers, Authorization too, go to the first step. */
export type FlowMessage = {
  readonly id: string
  readonly attachments: object
  readonly data: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly metadata: { readonly source?: { readonly name: string; readonly type: string; readonly externalExecId: string } }
  readonly url: string
  readonly method: string
}
/** @param signal ends the run, wherever it is; then nothing more comes of it */
export type RunFlow = (flow: Flow, message: FlowMessage, signal: AbortSignal) => Promise<void>

const STEPS: Readonly<Record<string, Step>> = { startAuth, getMe, makeReport, countGreenhouse, readHours, takePrice, watchStock, echo }

export function createRunner(state: PlatformState): RunFlow {
  async function execute(flow: Flow, first: FlowMessage, signal: AbortSignal): Promise<void> {
    const execId = first.metadata.source?.externalExecId ?? first.id
    let message: Pick<FlowMessage, 'data' | 'headers'> = first
    for (const node of flow.graph.nodes) {
      await pause(signal)
      await state.faults.stepsMayGo()
      signal.throwIfAborted()
      const data = dataOf(message)
      if (node.function === 'sendToFront') await sendToFront(state, data, signal)
      else if (node.function === 'sendResult') await sendResult(state, { fields: node.fields ?? {}, result: data, id: execId }, signal)
      // Only what a step emits as `data` goes on: metadata and headers end here, as with the real components.
      else message = { headers: {}, data: await runStep(node, data, message.headers, signal) }
    }
  }

  async function runStep(node: FlowNode, data: Data, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Data> {
    const send = (sent: Data): Promise<void> => sendToFront(state, sent, signal)
    const emitted = (await STEPS[node.function]?.({ state, data, headers, pause: () => pause(signal), send })) ?? {}
    return state.legacyComponents || data.correlation === undefined ? emitted : { correlation: data.correlation, ...emitted }
  }

  async function pause(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = state.clock.setTimer(state.stepMs, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
    signal.throwIfAborted()
  }

  return async (flow, message, signal) => {
    try {
      await execute(flow, message, signal)
    } catch (reason) {
      if (!signal.aborted) console.error(`demo hub: flow ${flow.id} failed: ${reason instanceof Error ? reason.message : String(reason)}`)
    }
  }
}

const dataOf = ({ data }: Pick<FlowMessage, 'data'>): Data => (typeof data === 'object' && data !== null ? (data as Data) : {})
