import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Envelope } from '../audit/envelope.js'
import { listen } from '../listen.js'

export type Posted = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly envelopes: readonly Envelope[] }

/** An audit log that takes arrays of envelopes, or does what the test says. */
export interface AuditReceiver {
  readonly url: string
  readonly port: number
  readonly posted: readonly Posted[]
  /** Of what was taken, in order. */
  taken(): readonly Envelope[]
  /** From now on; `null`: no answer at all. */
  answer: (posted: Posted) => { readonly status: number; readonly headers?: Record<string, string> } | null
  close(): Promise<void>
}

export async function startAuditReceiver(port = 0): Promise<AuditReceiver> {
  const posted: Posted[] = []
  const taken: Envelope[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const one: Posted = {
        path: request.url ?? '',
        headers: request.headers,
        envelopes: JSON.parse(Buffer.concat(pieces).toString()) as readonly Envelope[]
      }
      posted.push(one)
      const answer = receiver.answer(one)
      if (!answer) return
      if (answer.status < 300) taken.push(...one.envelopes)
      response.writeHead(answer.status, answer.headers).end(JSON.stringify({ msg: 'noted' }))
    })
  })
  const at = await listen(server, port, '127.0.0.1')
  const receiver: AuditReceiver = {
    url: `http://127.0.0.1:${at}/logs`,
    port: at,
    posted,
    taken: () => taken,
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
  return receiver
}
