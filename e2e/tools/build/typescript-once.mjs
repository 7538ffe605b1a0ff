import typescript from '@rollup/plugin-typescript'

/**
 * One TypeScript program for all bundles. The idea: `@rollup/plugin-typescript` emits every file of
 * the tsconfig when its first build starts and answers `load` from memory afterwards. So one instance
 * is shared, its program is made once and closed at once, and a bundle costs only its own modules.
 * Types are not checked here: `npm run check` does that with `tsc`.
 */
export function typescriptOnce() {
  const plugin = typescript({ tsconfig: './tsconfig.json', compilerOptions: { noEmit: false, noCheck: true, noEmitOnError: false, sourceMap: false } })
  let isReady = false
  return {
    ...plugin,
    buildStart(options) {
      if (isReady) return
      isReady = true
      plugin.buildStart.call(this, options)
      plugin.buildEnd.call(this)
    },
    buildEnd() {}
  }
}
