/** Custom properties by name, each with its value in the light scheme and in the dark one. */
export type Colours = { readonly [name: string]: readonly [light: string, dark: string] }

/**
 * Declares `--_name` for both schemes, whether the page or the device asks for one. The page's own
 * `--parley-name` goes first.
 */
export function inBothSchemes(colours: Colours): string {
  const [light, dark] = (['light', 'dark'] as const).map(
    (scheme, index) =>
      `{color-scheme:${scheme};${Object.entries(colours)
        .map(([name, values]) => `--_${name}:var(--parley-${name},${values[index]})`)
        .join(';')}}`
  )
  return `:host${light}@media (prefers-color-scheme:dark){:host(:not([color-scheme=light]))${dark}}:host([color-scheme=dark])${dark}`
}
