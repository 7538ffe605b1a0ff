import type { FlowAnswer } from './answers.js'
import type { FlowRepository } from './repository.js'
import { type Flow, type FlowView, viewOf } from './status.js'

/** A flow at one moment: its status in the repository, and whether its hook takes calls. */
export type Look = { readonly flow: Flow; readonly view: FlowView }

/** @param isKnownToAccept its hook took calls a moment ago: it is not asked again */
export async function lookAt(repository: FlowRepository, id: string, isKnownToAccept = false): Promise<FlowAnswer<Look>> {
  const found = await repository.find(id)
  if (found.kind !== 'ok') return found
  const { value: flow } = found
  const hasHook = flow.status === 'active' && flow.cron === null
  const accepts = hasHook && (isKnownToAccept || (await repository.acceptsCalls(id)))
  return { kind: 'ok', value: { flow, view: viewOf(flow, accepts) } }
}
