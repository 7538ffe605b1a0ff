/**
 * Lets the process that started a server ask what it used so far, and ends the server when that process is gone.
 * @param port where it listens
 * @param more figures of this kind of server
 */
export function answerParent(port, more = () => ({})) {
  process.on('message', ({ ask, id }) => {
    if (ask === 'collect') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    process.send({ id, usage: { cpuUs: user + system, rssBytes: rss, heapBytes: heapUsed, ...more() } })
  })
  process.on('disconnect', () => process.exit(0))
  // With a profiler on, its file is written only at an orderly end.
  process.on('SIGTERM', () => process.exit(0))
  process.send({ port })
}
