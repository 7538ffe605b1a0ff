import { epochBlind, gapless, impatient, lastPageLost, offByOne } from './mutant-lines.js'
import { byClock, byContent, byDeviceAlone, UNSAFE_MS, unsafe, withoutDedupe } from './mutant-stores.js'
import type { Seams } from './seams.js'

/** Deliberate defects, each around a real part. A suite that does not find every one of them proves nothing. */
export const MUTANTS: Readonly<Record<string, () => Seams>> = {
  'ack before commit': () => ({ store: unsafe }),
  'push before commit': () => ({ store: unsafe, beforeAck: (life) => life.pause(UNSAFE_MS) }),
  'no dedupe': () => ({ store: withoutDedupe }),
  'two leaders without messageId': () => ({ store: byDeviceAlone(new Map()) }),
  'dedupe by content': () => ({ store: byContent(new Map()) }),
  'order by clock': () => ({ store: byClock }),
  'resume from cursor + 1 off by one': () => ({ transport: offByOne }),
  'drop the last page': () => ({ transport: lastPageLost }),
  'apply without gap check': () => ({ transport: gapless }),
  'discard after n tries': () => ({ transport: impatient() }),
  'epoch ignored': () => ({ transport: epochBlind })
}

/** What comes with streamed answers. */
export const NOT_YET: readonly string[] = ['delta without offset']
