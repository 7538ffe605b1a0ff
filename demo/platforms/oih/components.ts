import { AUTH_CLIENT, SERVICE_ACCOUNT } from './ids.js'
import { tokenFor } from './iam.js'
import type { PlatformState } from './state.js'

/** The components' functions: what a flow's step does with its message. Each talks HTTP, as the real ones do. */

export type Data = Readonly<Record<string, unknown>>
export type StepInput = {
  readonly state: PlatformState
  readonly data: Data
  readonly headers: Readonly<Record<string, string>>
  pause(): Promise<void>
  /** To where the chat asked for it. */
  send(data: Data): Promise<void>
}
/** @returns the data that the step emits */
export type Step = (input: StepInput) => Promise<Data>

/** Starts a sign-in at the secret service with the caller's own authorisation. */
export const startAuth: Step = async ({ state, data, headers }) => {
  const { scope, secretName, successUrl } = data
  const response = await fetch(`${state.url}/api/v1/auth-clients/${AUTH_CLIENT}/start-flow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers.authorization ? { authorization: headers.authorization } : {}) },
    body: JSON.stringify({ data: { scope, secretName, successUrl } })
  })
  const answer = (await response.json()) as { readonly data?: { readonly authUrl?: string }; readonly message?: string }
  return answer.data?.authUrl
    ? { authUrl: answer.data.authUrl }
    : { error: `The secret service refused to start a sign-in: ${answer.message ?? response.status}` }
}

/** The profile behind the secret that came in `data`, from the provider. */
export const getMe: Step = async ({ state, data }) => {
  if (typeof data.secretId !== 'string') return { error: 'No secretId came along.' }
  const secret = await fetch(`${state.url}/api/v1/secrets/${encodeURIComponent(data.secretId)}?raw=true`, {
    headers: { authorization: `Bearer ${tokenFor(state, SERVICE_ACCOUNT.id)}` }
  })
  if (!secret.ok) return { error: { code: 'SECRET_NOT_FOUND', message: 'The secret was not found.' } }
  const { data: found } = (await secret.json()) as { readonly data: { readonly value: { readonly accessToken: string } } }
  const me = await fetch(`${state.url}/graph/me`, { headers: { authorization: `Bearer ${found.value.accessToken}` } })
  return (await me.json()) as Data
}

const STAGES = ['Asking the warehouse', 'Counting shelves', 'Comparing with orders', 'Drawing the chart']
export const STOCK = [
  { item: 'Planting trowel', shelf: 'A-04', inStock: 182, reserved: 12, reorderAt: 60 },
  { item: 'Border fork', shelf: 'A-07', inStock: 44, reserved: 9, reorderAt: 50 },
  { item: 'Watering can, 9 l', shelf: 'C-11', inStock: 17, reserved: 3, reorderAt: 10 },
  { item: 'Terracotta pot', shelf: 'C-12', inStock: 260, reserved: 48, reorderAt: 120 },
  { item: 'Garden sieve', shelf: 'D-02', inStock: 6, reserved: 1, reorderAt: 15 }
]

/** Works for some seconds and says how far it is; then a table, a link and a picture. */
export const makeReport: Step = async ({ state, data, pause, send }) => {
  for (const [index, text] of STAGES.entries()) {
    await state.faults.stepsMayGo()
    await send({ correlation: data.correlation, progress: { step: index + 1, fraction: (index + 1) / (STAGES.length + 1), text } })
    await pause()
  }
  await state.faults.stepsMayGo()
  if (state.faults.reportError !== null) return { error: state.faults.reportError }
  const wanted = Array.isArray(data.params) ? data.params.map((word) => String(word).toLowerCase()) : []
  const rows = STOCK.filter(({ item }) => wanted.length === 0 || wanted.some((word) => item.toLowerCase().includes(word)))
  return {
    title: 'Stock report',
    rows,
    picture: `${state.url}/pictures/stock.png`,
    link: { url: `${state.url}/reports/stock`, title: 'Open the full report' }
  }
}
