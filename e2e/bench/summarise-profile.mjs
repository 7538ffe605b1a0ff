/**
 * Which functions a profile's time went to, by self time. Usage: node e2e/bench/summarise-profile.mjs FILE.cpuprofile [rows]
 */
import { readFileSync } from 'node:fs'

const [file, rows = '40'] = process.argv.slice(2)
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'))
const byId = new Map(nodes.map((node) => [node.id, node]))
const selfUs = new Map()
let totalUs = 0
samples.forEach((id, index) => {
  const { functionName, url, lineNumber } = byId.get(id).callFrame
  const name = `${functionName || '(anonymous)'} ${url.split('/').slice(-3).join('/')}:${lineNumber + 1}`
  if (functionName === '(idle)') return
  selfUs.set(name, (selfUs.get(name) ?? 0) + timeDeltas[index])
  totalUs += timeDeltas[index]
})
const sorted = [...selfUs].sort(([, a], [, b]) => b - a).slice(0, Number(rows))
for (const [name, us] of sorted) console.log(`${((100 * us) / totalUs).toFixed(1).padStart(5)} %  ${name}`)
