import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP relay whose clients can be made to read nothing, as far as the gateway can tell. */
export interface StallingRelay {
  readonly url: string
  /** Reads no more of what the gateway sends; what clients send still arrives. */
  stall(): void
  flow(): void
  close(): Promise<void>
}

export async function openStallingRelay(target: string): Promise<StallingRelay> {
  const lines = new Set<{ readonly down: Socket; readonly up: Socket }>()
  const server = createServer((down) => {
    const up = connect(Number(new URL(target).port), '127.0.0.1')
    const line = { down, up }
    lines.add(line)
    const end = (): void => {
      lines.delete(line)
      down.destroy()
      up.destroy()
    }
    for (const side of [down, up]) side.on('close', end).on('error', end)
    down.pipe(up).pipe(down)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stall() {
      for (const { up, down } of lines) up.unpipe(down).pause()
    },
    flow() {
      for (const { up, down } of lines) up.pipe(down)
    },
    async close() {
      for (const { up, down } of lines) for (const side of [up, down]) side.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
