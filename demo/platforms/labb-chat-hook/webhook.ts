import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'

/** `POST /webhook` with its oddities: nobody is asked who they are, every page may call it, and the answer is always the same. */

const LIMIT_BYTES = 100 * 1024

export function webhookRoutes(deliver: (body: Readonly<Record<string, unknown>>) => void): Hono {
  const app = new Hono()
  app.use('/webhook', cors())
  const tooLarge = { maxSize: LIMIT_BYTES, onError: () => errorPage(413, 'PayloadTooLargeError: request entity too large') }
  app.post('/webhook', bodyLimit(tooLarge), async (context) => {
    const text = await context.req.text()
    const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false
    const body = isJson && text !== '' ? readJson(text) : {}
    if (!body) return errorPage(400, 'SyntaxError: the body is no JSON')
    deliver(body)
    // Said before anybody has it, and also when nobody is there to get it.
    return context.text('OK')
  })
  return app
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** A page, not JSON, as the framework of the original answers. */
const errorPage = (status: number, text: string): Response =>
  new Response(`<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Error</title></head><body><pre>${text}</pre></body></html>`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' }
  })
