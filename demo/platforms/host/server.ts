import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Env, Hono } from 'hono'

/** The HTTP server of a demo platform; on loopback, for none of them is meant for anybody else. */

const HOST = '127.0.0.1'

/** @throws when the port is taken */
export function listen<Bindings extends Env>(app: Hono<Bindings>, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: HOST }, () => resolve(server as Server))
    server.once('error', reject)
  })
}

export const urlOf = (server: Server): string => `http://${HOST}:${(server.address() as AddressInfo).port}`

/** Ends what is still open, too. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
