import { render } from 'preact'
import { atom } from 'nanostores'
import type { Arguments } from '@parley/protocol'
import type { Client, PageCommand, Sent } from '@parley/sdk'
import { after } from './after.js'
import type { ChatElement } from './chat-element.js'
import { emitOn, followClient } from './client-events.js'
import { createFormats } from './formats.js'
import { explain } from './model.js'
import { ATTRIBUTES, readOptions, type Options } from './options.js'
import { english } from './strings.js'
import { addStyle } from './styles/add-style.js'
import { chatStyle } from './styles/index.js'
import type { Ui } from './ui.js'
import { App } from './views/app.js'
import { whenSeen } from './when-seen.js'

export type CreateClient = (options: { readonly url: string; readonly inbox: string }) => Client

/**
 * The class of `<parley-chat>`: reads attributes, holds one client, draws the views. Made by a
 * function, so that importing this file needs no browser.
 */
export function chatElementClass(createClient: CreateClient): new () => ChatElement {
  return class ParleyChat extends HTMLElement implements ChatElement {
    static readonly observedAttributes = ATTRIBUTES
    readonly #shadow: ShadowRoot
    readonly #place = document.createElement('div')
    readonly #$problem = atom<string | null>(null)
    readonly #styles = new Set<string>()
    /** Commands of the page, and how to take each from the client that now has it. */
    readonly #commands = new Map<PageCommand, () => void>()
    #client: Client | null = null
    #given: Client | null = null
    #isOpen = false
    #ui: Ui | null = null
    #stopFollowing: () => void = () => undefined
    #stopWatching: () => void = () => undefined
    #focusBefore: HTMLElement | null = null

    constructor() {
      super()
      // The loader may have drawn its launcher here before this class was there.
      this.#shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
      this.#place.className = 'root'
      this.#place.lang = 'en'
      const early: unknown = Object.getOwnPropertyDescriptor(this, 'client')?.value
      if (early === undefined) return
      Reflect.deleteProperty(this, 'client')
      this.client = early as Client | null
    }

    connectedCallback(): void {
      const drawnBefore = [...this.#shadow.childNodes].filter((node) => node !== this.#place)
      const hadFocus = this.#shadow.activeElement !== null
      this.#addStyle(chatStyle)
      this.#shadow.append(this.#place)
      if (this.#given && !this.#client) this.#take(this.#given)
      this.#draw()
      for (const node of drawnBefore) if (!(node instanceof HTMLStyleElement)) node.remove()
      if (hadFocus) this.#focusLauncher()
      this.#reflect()
      if (drawnBefore.length === 0) emitOn(this, 'ready', null)
      this.#connectWhenSeen()
    }

    disconnectedCallback(): void {
      // A page that moves the element takes it out and puts it back in one step: that is no end.
      queueMicrotask(() => {
        if (!this.isConnected) this.#tearDown()
      })
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (before === after || !this.#place.isConnected) return
      const isElsewhere = (name === 'url' || name === 'inbox') && this.#client !== null && !this.#given
      if (isElsewhere) this.#drop()
      this.#ui = null
      if (isElsewhere && this.#isWindow()) this.connect()
      this.#draw()
    }

    get client(): Client | null {
      return this.#client
    }

    set client(client: Client | null) {
      this.#drop()
      this.#given = client
      if (client) this.#take(client)
      this.#draw()
    }

    get isOpen(): boolean {
      return this.#isOpen
    }

    open(): void {
      this.hidden = false
      if (this.#isOpen) return
      const focused = document.activeElement
      this.#focusBefore = focused instanceof HTMLElement && focused !== this && focused !== document.body ? focused : null
      this.#isOpen = true
      this.connect()
      this.#draw()
      this.#reflect()
      emitOn(this, 'opened', null)
    }

    close(): void {
      if (!this.#isOpen) return
      const hadFocus = this.#shadow.activeElement !== null
      this.#isOpen = false
      this.#draw()
      if (hadFocus && !this.#focusLauncher()) this.#focusBefore?.focus()
      this.#reflect()
      emitOn(this, 'closed', null)
    }

    toggle(): void {
      if (this.#isOpen) this.close()
      else this.open()
    }

    show(): void {
      this.hidden = false
    }

    hide(): void {
      this.hidden = true
    }

    connect(): void {
      const client = this.#use()
      if (client?.$connection.get().state !== 'idle') return
      // A client that was let go in the meantime has ended as it should.
      client.connect().catch((error: unknown) => this.#client === client && this.#tell(error))
    }

    prefill(text: string): void {
      this.#use()?.conversation.setDraft(text)
    }

    async send(line: string): Promise<Sent> {
      return this.#ready().conversation.send(line)
    }

    async run(command: string, args?: Arguments): Promise<Sent> {
      return this.#ready().conversation.run(command, args)
    }

    command(command: PageCommand): () => void {
      this.#commands.set(command, this.#client?.commands.register(command) ?? (() => undefined))
      return () => {
        this.#commands.get(command)?.()
        this.#commands.delete(command)
      }
    }

    async identify(token: string): Promise<void> {
      await this.#use()?.identify(token)
    }

    async reset(): Promise<void> {
      this.close()
      const client = this.#use()
      this.#$problem.set(null)
      await client?.reset()
      if (!this.#given) this.#drop()
      this.#draw()
    }

    shutdown(): void {
      this.remove()
      this.#tearDown()
    }

    #isWindow(): boolean {
      return this.#isOpen || this.#options().mode !== 'launcher'
    }

    #options(): Options {
      return readOptions(this, document.baseURI, document.documentElement.lang)
    }

    /** The client, made at the first use. `null` when the options allow none: the page's console says why. */
    #use(): Client | null {
      if (this.#client) return this.#client
      const { url, inbox } = this.#options()
      try {
        this.#take(createClient({ url, inbox }))
      } catch (error) {
        this.#tell(error)
      }
      this.#draw()
      return this.#client
    }

    #ready(): Client {
      this.connect()
      if (!this.#client) throw new Error('There is no client: see the error before this one.')
      return this.#client
    }

    #take(client: Client): void {
      this.#client = client
      this.#ui = null
      this.#stopFollowing = followClient(
        client,
        (name, detail) => emitOn(this, name, detail),
        (error) => this.#tell(error),
        () => this.#forgotten()
      )
      for (const command of this.#commands.keys()) this.#commands.set(command, client.commands.register(command))
    }

    /** The visitor was forgotten, here or in another tab: nothing of them stays in sight. */
    #forgotten(): void {
      this.close()
      if (!this.#given) this.#drop()
      this.#draw()
    }

    /** Lets the client go, and closes it if it was made here. */
    #drop(): void {
      this.#stopFollowing()
      this.#stopFollowing = () => undefined
      for (const [command, unregister] of this.#commands) {
        unregister()
        this.#commands.set(command, () => undefined)
      }
      if (!this.#given) this.#client?.close()
      this.#client = null
      this.#ui = null
    }

    #draw(): void {
      if (!this.#place.isConnected) return
      const options = this.#options()
      if (this.#client) this.#ui ??= this.#createUi(this.#client, options)
      render(<App options={options} isOpen={this.#isOpen} client={this.#client} ui={this.#ui} strings={english} open={() => this.open()} />, this.#place)
    }

    #createUi(client: Client, options: Options): Ui {
      return {
        client,
        mode: options.mode,
        strings: english,
        formats: createFormats(options.locale, english),
        $problem: this.#$problem,
        now: () => new Date(),
        after,
        addStyle: (css) => this.#addStyle(css),
        close: () => this.close(),
        report: (error) => {
          this.#$problem.set(explain(error, english))
          this.#tell(error)
        }
      }
    }

    #connectWhenSeen(): void {
      const { mode } = this.#options()
      if (mode === 'page') this.connect()
      if (mode === 'inline') this.#stopWatching = whenSeen(this, () => this.connect())
    }

    #addStyle(css: string): void {
      if (this.#styles.has(css)) return
      this.#styles.add(css)
      addStyle(this.#shadow, css, this.nonce ?? '')
    }

    #tell(error: unknown): void {
      console.error('Parley:', error)
      emitOn(this, 'error', error)
    }

    #focusLauncher(): boolean {
      const launcher = this.#place.querySelector('button')
      launcher?.focus()
      return launcher !== null
    }

    #reflect(): void {
      this.dataset['state'] = this.#isOpen ? 'open' : 'closed'
    }

    #tearDown(): void {
      render(null, this.#place)
      this.#stopWatching()
      this.#drop()
      this.#place.remove()
      this.#isOpen = false
    }
  }
}
