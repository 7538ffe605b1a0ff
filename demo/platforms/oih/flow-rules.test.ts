import { expect, test } from 'vitest'
import { demoFlows } from './demo-flows.js'
import { flowFaults } from './flow-rules.js'

const COMPONENT = '5f8d0c2be4a1b2001c3d4e6a'
const node = (id: string, more: object = {}) => ({ id, componentId: COMPONENT, function: 'read', ...more })
const faultsOf = (flow: unknown): readonly string[] => flowFaults(flow).map(({ message }) => message)
const graph = (nodes: readonly object[], edges: readonly object[] = []) => ({ graph: { nodes, edges } })

test('every flow of the demo keeps the rules', () => {
  const faults = demoFlows(null).map(({ status: _, ...flow }) => faultsOf(flow))
  expect(faults).toEqual(faults.map(() => []))
})

test.each([
  [null, ['Flow is not an object.']],
  [{}, ['Flow is missing the graph attribute.']],
  [graph([]), ['Flow requires at least one node.']],
  [graph([node('a'), node('b')]), ['Flows with more than one node require edges.']],
  [graph([node('a'), node('a')], [{ source: 'a', target: 'a' }]), ['Node ids must be unique.']],
  [graph([node('x'.repeat(31))]), ['Node id is required, up to 30 signs.']],
  [graph([{ id: 'a', componentId: 'x' }]), ['Node a: componentId is required, an ObjectId.', 'Node a: function is required.']],
  [graph([node('a', { credentials_id: 'x', fields: [] })]), ['Node a: credentials_id must be an ObjectId.', 'Node a: fields must be an object.']],
  [graph([node('a')], [{ id: 'x'.repeat(11), source: 'a', target: 'b' }]), ['Edge id has up to 10 signs.', 'Edge leads to a node that does not exist: b.']],
  [graph([node('a')], [{ source: 'a', target: 'a', config: { condition: 'x'.repeat(31) } }]), ['Edge condition has up to 30 signs.']],
  [
    { ...graph([node('a')]), cron: 'tomorrow', status: 'active', type: 'quick' },
    ['Status may not be set.', 'Flow type must be ordinary or long_running.', 'Invalid cron expression.']
  ],
  [{ ...graph([node('a')]), cron: '', type: 'long_running', name: 'A', description: 'B' }, []]
])('of %j the repository says %j', (flow, faults) => expect(faultsOf(flow)).toEqual(faults))
