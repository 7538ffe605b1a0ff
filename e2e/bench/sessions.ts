import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { SessionAnswer } from '@parley/protocol'

/** Requests under way at a time. */
const AT_ONCE = 32

/** The sessions of so many visitors, by `POST /session`. The same number is the same visitor at every start. */
export async function openSessions(port: number, count: number): Promise<SessionAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const sessions: SessionAnswer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      sessions[index] = await openSession(agent, port, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work))
  agent.destroy()
  return sessions
}

const visitorKey = (index: number): string => createHash('sha256').update(`visitor ${index}`).digest('base64url')

function openSession(agent: Agent, port: number, index: number): Promise<SessionAnswer> {
  const body = JSON.stringify({ inbox: 'bench', visitorKey: visitorKey(index) })
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/session', headers: { 'content-type': 'text/plain' } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as SessionAnswer)
        else reject(new Error(`POST /session: ${response.statusCode} ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
