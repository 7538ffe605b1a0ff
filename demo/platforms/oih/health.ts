import { type Context, Hono } from 'hono'

/**
 * What two services of the original answer at the same path, each on an address of its own:
 * webhooks says `OK`, the Flow Repository says how it is in JSON. Here it goes by what the caller accepts.
 */
export function healthRoutes(): Hono {
  const app = new Hono()
  const accepts = (context: Context, type: string): boolean => context.req.header('accept')?.includes(type) ?? false

  app.get('/', (context) => (accepts(context, 'text/html') ? context.redirect('/platforms/oih') : context.text('OK')))
  app.get('/healthcheck', (context) =>
    accepts(context, 'application/json')
      ? context.json({ status: 'pass', version: '1.0', details: { mongoDB: { status: 'connected' }, queue: { status: 'connected' } } })
      : context.text('OK')
  )
  return app
}
