/** One file and what it asks for from elsewhere, as the rules see it. */
export type SourceFile = {
  /** Below the root of the repository, with `/`. */
  readonly path: string
  readonly imports: readonly Import[]
  /** Globals that reach time, chance or the outside, used as values. */
  readonly globals: readonly string[]
}

export type Import = {
  /** What is written: `./x.js`, `@parley/sdk`, `node:fs`. */
  readonly specifier: string
  /** Nothing of it is left at run time. */
  readonly isType: boolean
  /** Names taken; empty for `import '…'`, `import * as …` and `import(…)`. */
  readonly names: readonly string[]
  /** `import * as …` or `import(…)`: takes whatever there is. */
  readonly isWhole: boolean
}

export type Fault = { readonly path: string; readonly rule: string; readonly found: string }
