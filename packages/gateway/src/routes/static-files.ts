import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { refusal } from '../http-answers.js'

/** The widget's files, for pages of any origin. */
export interface StaticFiles {
  /** `/parley.js`, the small loader: cached for five minutes, so that a new release is in use soon. */
  loader(request: Request): Promise<Response>
  /** `/assets/<name>`: a file's name changes with its content, so it is kept for ever. */
  asset(request: Request, name: string): Promise<Response>
}

type Kept = { readonly mtimeMs: number; readonly etag: string; readonly plain: Uint8Array; readonly zipped: Uint8Array }

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8'
}
/** One name in one folder: no way up, no hidden file. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const MANIFEST = 'manifest.json'
const compress = promisify(gzip)

/** Where npm put `@parley/widget`, built. */
export function findWidgetDir(): string {
  const places = createRequire(import.meta.url).resolve.paths('@parley/widget') ?? []
  const found = places.map((place) => join(place, '@parley', 'widget')).find((folder) => existsSync(join(folder, 'package.json')))
  if (!found) throw new Error('the package @parley/widget is not installed beside the gateway')
  return join(found, 'dist')
}

/** Longest time that a page may hold a former loader. Source: the design's promise that a release is in use within minutes. */
const LOADER_MAX_AGE_S = 300

/**
 * @param widgetDir holds `parley.js` and `assets/`; files are read when asked for, and again when they changed
 * @param loaderMaxAgeS how long a browser may keep the loader
 */
export function createStaticFiles(widgetDir: string, loaderMaxAgeS: number = LOADER_MAX_AGE_S): StaticFiles {
  const kept = new Map<string, Promise<Kept>>()

  async function load(path: string): Promise<Kept | null> {
    const found = await stat(path).catch(ifAbsent)
    if (!found?.isFile()) return null
    const before = await kept.get(path)
    if (before?.mtimeMs === found.mtimeMs) return before
    const reading = readKept(path, found.mtimeMs)
    kept.set(path, reading)
    // A file that could not be read is tried again next time.
    reading.catch(() => kept.delete(path))
    return reading
  }

  async function serve(request: Request, path: string, cacheControl: string): Promise<Response> {
    const file = await load(path)
    return file ? answer(request, file, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'cache-control': cacheControl }) : unknownFile()
  }

  return {
    loader: (request) => serve(request, join(widgetDir, 'parley.js'), `public, max-age=${Math.min(loaderMaxAgeS, LOADER_MAX_AGE_S)}`),
    asset: async (request, name) =>
      FILE_NAME.test(name) && name !== MANIFEST ? serve(request, join(widgetDir, 'assets', name), 'public, max-age=31536000, immutable') : unknownFile()
  }
}

const unknownFile = (): Response => refusal({ code: 'address.unknown', text: 'There is no such file.' }, { 'access-control-allow-origin': '*' })

function ifAbsent(thrown: NodeJS.ErrnoException): null {
  if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return null
  throw thrown
}

async function readKept(path: string, mtimeMs: number): Promise<Kept> {
  const plain = await readFile(path)
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { mtimeMs, etag, plain, zipped: await compress(plain, { level: 9 }) }
}

function answer(request: Request, file: Kept, more: Readonly<Record<string, string>>): Response {
  const isZipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  const headers = {
    ...more,
    etag: file.etag,
    vary: 'Accept-Encoding',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    ...(isZipped ? { 'content-encoding': 'gzip' } : {})
  }
  if (
    request.headers
      .get('if-none-match')
      ?.split(/\s*,\s*/)
      .some((one) => one.replace(/^W\//, '') === file.etag)
  )
    return new Response(null, { status: 304, headers })
  const body = isZipped ? file.zipped : file.plain
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers: { ...headers, 'content-length': String(body.length) } })
}
