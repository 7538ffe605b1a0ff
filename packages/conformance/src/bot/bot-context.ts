import type { Chance } from '../chance.js'
import type { BotOptions, Options } from '../options.js'
import { type CallbackServer, openCallbackServer } from './callback-server.js'
import { createOutside, type Outside } from './outside.js'
import { createTalk, type Exchange, type Talk } from './talk.js'

/** All that the checks of a bot share. */
export type BotContext = {
  readonly outside: Outside
  readonly callbacks: CallbackServer
  readonly options: BotOptions
  readonly chance: Chance
  /** The first thing that is said to the bot; said once, however many checks look at it. */
  first(): Promise<{ readonly talk: Talk; readonly exchange: Exchange }>
  close(): Promise<void>
}

export async function openBotContext(options: Options, chance: Chance): Promise<BotContext> {
  const callbacks = await openCallbackServer(options.bot)
  // Without a secret no gateway takes calls, so the bot is given no address for them.
  const outside = createOutside(options, options.bot.secret === null ? null : callbacks.url)
  let first: Promise<{ talk: Talk; exchange: Exchange }> | null = null

  async function sayFirst(): Promise<{ talk: Talk; exchange: Exchange }> {
    const talk = createTalk(outside)
    return { talk, exchange: await talk.say('Good day') }
  }

  return {
    outside,
    callbacks,
    options: options.bot,
    chance,
    first() {
      first ??= sayFirst()
      return first
    },
    close: () => callbacks.close()
  }
}
