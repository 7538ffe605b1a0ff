/** Takes up work in the order it was asked for, though what one piece means may be known later than the next one's. */
export interface InOrder {
  /**
   * @param prepare finds out what is to be done; the next one's turn comes when it is known, or has failed
   * @param prepare's result begins it; how long that takes holds nobody up
   */
  begin<Value>(prepare: () => Promise<() => Promise<Value>>): Promise<Value>
}

export function createInOrder(): InOrder {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    begin(prepare) {
      const prepared = turn.then(prepare)
      // Registered before anybody behind it: begun first, too.
      const begun = prepared.then((start) => start())
      // Who asked is told by `begun`; the turn goes on either way.
      turn = prepared.catch(() => {})
      return begun
    }
  }
}
