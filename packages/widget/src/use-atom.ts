import { useLayoutEffect, useState } from 'preact/hooks'
import type { ReadableAtom } from 'nanostores'

/** The value of an atom, and a new drawing whenever it changes, in the same frame. */
export function useAtom<Value>(atom: ReadableAtom<Value>): Value {
  const [drawn, redraw] = useState({ value: atom.get() })
  useLayoutEffect(() => {
    const draw = () => redraw({ value: atom.get() })
    if (drawn.value !== atom.get()) draw()
    return atom.listen(draw)
  }, [atom])
  return atom.get()
}
