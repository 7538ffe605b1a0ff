import { LIMITS } from '@parley/protocol'
import { createMember, type Member, within } from './crowd.js'
import type { Side } from './side.js'

/** Rooms in which one speaks, with the window of the protocol under way, and the others listen. */
export type RoomLoad = {
  readonly peers: readonly Member[] /** So many messages in all; settles when each is acknowledged and was heard by all. */
  run(messages: number): Promise<void>
}

/** What people write, about: 100 characters. */
const TEXT = 'The parcel has not come yet, and the page says that it was delivered on Tuesday. Can you please look'

export function createRoomLoad(side: Side, { rooms, receivers }: { readonly rooms: number; readonly receivers: number }): RoomLoad {
  let toSay = 0
  let acksDue = 0
  let textsDue = 0
  let done = (): void => {}

  const check = (): void => {
    if (acksDue === 0 && textsDue === 0) done()
  }

  function sayNext(speaker: Member): void {
    if (toSay === 0) return
    toSay--
    speaker.peer.say(TEXT)
  }

  const speakers = Array.from({ length: rooms }, (_, room) => {
    const speaker: Member = createMember(side, room, 0, {
      onAck() {
        acksDue--
        sayNext(speaker)
        check()
      }
    })
    return speaker
  })
  const listeners = speakers.flatMap((_, room) =>
    Array.from({ length: receivers }, (_, index) =>
      createMember(side, room, index + 1, {
        onText() {
          textsDue--
          check()
        }
      })
    )
  )

  return {
    peers: [...speakers, ...listeners],
    run(messages) {
      toSay = messages
      acksDue = messages
      textsDue = messages * receivers
      const finished = new Promise<void>((resolve) => {
        done = resolve
      })
      for (let turn = 0; turn < LIMITS.windowSize; turn++) for (const speaker of speakers) sayNext(speaker)
      return within(finished, `a load of ${messages} messages`)
    }
  }
}
