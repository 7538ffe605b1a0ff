import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'

/** Serves the page of a demo platform under a strict policy, to itself alone. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' }
const PLAIN = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

/** What all pages share, beside this file; a bundle is not beside it, so it is found from the page's own folder. */
const SHARED = ['make.js', 'base.css']

/** `home`: the page's path; its files are below it in `page/`, as on disk. `url`: the platform's own, known once it listens. */
type PageParts = { readonly home: string; readonly url: () => string; readonly folder: URL; readonly files: readonly string[] }

export function pageFiles({ home, url, folder, files }: PageParts): Hono {
  const app = new Hono()
  // A name of somebody else's that leads to this machine is no way in, nor is a page of another origin.
  app.use(`${home}/*`, async (context, next) => {
    const own = new URL(url())
    const { host = '', origin } = context.req.header()
    const isOwn = [own.host, `localhost:${own.port}`].includes(host) && (context.req.method === 'GET' || origin === `http://${host}`)
    if (!isOwn) return context.json({ message: 'Only this platform’s own page may ask this.' }, 403)
    await next()
  })
  app.get(home, async (context) =>
    context.body(await readFile(new URL('index.html', folder)), 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      ...PLAIN
    })
  )
  const serveFile = (path: string, file: URL): void => {
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? ''
    app.get(path, async (context) => context.body(await readFile(file), 200, { 'content-type': type, ...PLAIN }))
  }
  for (const name of files) serveFile(`${home}/page/${name}`, new URL(name, folder))
  for (const name of SHARED) serveFile(`/platforms/host/page/${name}`, new URL(`../../host/page/${name}`, folder))
  return app
}
