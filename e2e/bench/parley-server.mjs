/**
 * The built gateway with an inbox that nobody answers in, its limits out of the way. Usage: a child process with one
 * argument, JSON `{ port, file, isDurable, timesCommits }`.
 */
import { createRequire } from 'node:module'
import { createGateway } from '@parley/gateway'
import { answerParent } from './answer-parent.mjs'

const { port = 0, file, isDurable = true, timesCommits = false } = JSON.parse(process.argv[2] ?? '{}')
/** How long each commit took, in microseconds. */
const commitsUs = []

/** A connector that is told nothing and says nothing. */
const silent = {
  capabilities: { receives: [], page: false, deduplicates: true, participant: { name: 'Nobody' } },
  commands: [],
  start() {},
  deliver: async () => {},
  stop() {}
}

/** The gateway has no setting for either of these, and rightly: they are put into its driver from outside. */
function changeDriver() {
  const Database = createRequire(import.meta.resolve('@parley/gateway'))('libsql')
  const { exec, prepare } = Database.prototype
  if (!isDurable) {
    Database.prototype.exec = function (sql) {
      return exec.call(this, sql.replace('synchronous = full', 'synchronous = off'))
    }
  }
  if (timesCommits) {
    Database.prototype.prepare = function (sql) {
      const statement = prepare.call(this, sql)
      return sql === 'commit' ? timed(statement) : statement
    }
  }
}

function timed(statement) {
  const run = statement.run.bind(statement)
  statement.run = (...values) => {
    const startedAt = performance.now()
    const result = run(...values)
    commitsUs.push((performance.now() - startedAt) * 1_000)
    return result
  }
  return statement
}

const most = 1_000_000
changeDriver()
const gateway = createGateway(
  {
    host: '127.0.0.1',
    port,
    store: `sqlite:${file}`,
    secret: 'a secret that is the same after a restart',
    inboxes: { bench: { connector: 'silent' } },
    limits: { messagesPerSecond: 10_000, burst: 100_000, connectionsPerIp: most, sessionsPerMinutePerIp: most, connectBurst: most }
  },
  { environment: {}, connectors: { silent: async () => ({ readConfig: (value) => ({ ok: true, value }), create: () => silent }) } }
)
const { url } = await gateway.start()
answerParent(Number(new URL(url).port), () => ({ commitsUs: commitsUs.splice(0) }))
