import type { Server } from 'node:http'
import { StartFault, startFault } from './start-fault.js'

/**
 * Listens, and says at which port: 0 takes any that is free.
 * @throws StartFault in one line
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(faultOf(error, port, host))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function faultOf(error: NodeJS.ErrnoException, port: number, host: string): StartFault {
  switch (error.code) {
    case 'EADDRINUSE':
      return startFault('port', `${port}, which another program uses`, 'a free port; the variable PORT overrides it')
    case 'EACCES':
      return startFault('port', `${port}, which this user may not open`, 'a port above 1023')
    default:
      return new StartFault(
        `host: found ${JSON.stringify(host)}, where this machine cannot listen (${error.code ?? error.message}); wanted is one of its own addresses`,
        { cause: error }
      )
  }
}

/** A host to listen at is not always one to call. */
export const urlOf = (host: string, port: number): string =>
  `http://${['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
