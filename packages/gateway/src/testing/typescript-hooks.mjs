import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import typescript from 'typescript'

/**
 * Lets a child process of a test run our sources as they are:
 * `node --conditions=@parley/source --import <this file> <a .ts file>`.
 */
if (isMainThread) register(import.meta.url)

/** `./x.js` in a source means `x.ts` beside it. */
export async function resolve(specifier, context, next) {
  const isOurs = context.parentURL?.endsWith('.ts') && specifier.startsWith('.') && specifier.endsWith('.js')
  return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context)
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const text = await readFile(fileURLToPath(url), 'utf8')
  const { outputText } = typescript.transpileModule(text, { compilerOptions: { target: 'ES2022', module: 'ESNext', verbatimModuleSyntax: true } })
  return { format: 'module', source: outputText, shortCircuit: true }
}
