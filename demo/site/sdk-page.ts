/** A page that uses the SDK alone: state, timeline and commands drawn by hand, to show how little it takes. */
import { type Chat, createClient, type Part, type TimelineItem } from '@parley/sdk'

const gateway = document.querySelector<HTMLScriptElement>('script[data-gateway]')?.dataset.gateway ?? location.origin
const client = createClient({ url: gateway, inbox: 'flows' })
const chat: Chat = client.conversation

const find = <Kind extends Element>(selector: string, kind: new () => Kind): Kind => {
  const found = document.querySelector(selector)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${selector}.`)
}
const state = find('#state', HTMLElement)
const lines = find('#lines', HTMLOListElement)
const form = find('#form', HTMLFormElement)
const input = find('#line', HTMLInputElement)
const problem = find('#problem', HTMLElement)

client.commands.register({
  name: 'order',
  description: 'Puts something into the basket of this page',
  args: [
    { name: 'what', type: 'text', required: true },
    { name: 'count', type: 'number' }
  ],
  run: ({ what, count }) => `${count ?? 1} × **${String(what)}** is in your basket.`
})

client.$connection.subscribe(({ state: now, retryInMs }) => {
  state.textContent = retryInMs === null ? now : `${now}, next try in ${Math.ceil(retryInMs / 1000)} s`
})

chat.$timeline.subscribe((items) => {
  lines.replaceChildren(...items.map(drawItem))
})

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const line = input.value
  problem.textContent = ''
  input.value = ''
  chat.send(line).catch((error: unknown) => {
    problem.textContent = error instanceof Error ? error.message : String(error)
    if (input.value === '') input.value = line
  })
})

function drawItem(item: TimelineItem): HTMLLIElement {
  const row = document.createElement('li')
  row.className = item.isMine ? 'mine' : ''
  row.textContent = wordsOf(item)
  const note = document.createElement('small')
  note.textContent = item.kind === 'message' || item.kind === 'command' ? item.status : item.kind
  row.append(note)
  return row
}

function wordsOfParts(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : JSON.stringify(part.kind === 'data' ? part.value : part, null, 1))).join('\n')
}

function wordsOf(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
    case 'local':
      return wordsOfParts(item.parts)
    case 'command':
      return `${item.line}${item.run ? `  (${item.run.text ?? item.run.status})` : ''}`
    case 'result':
      return item.outcome.state === 'failed' ? item.outcome.text : wordsOfParts(item.outcome.parts)
    case 'link':
      return `Sign in at ${item.link.partner} with the code ${item.link.code}: ${item.link.url}`
    case 'notice':
      return item.notice.kind
    default:
      return item satisfies never
  }
}

client.connect().catch((error: unknown) => {
  problem.textContent = error instanceof Error ? error.message : String(error)
})
