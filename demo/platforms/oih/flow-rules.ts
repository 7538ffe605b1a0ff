import { parseCron } from './cron.js'

/**
 * What the Flow Repository asks of a flow that somebody sends (flow-repository/app/api/utils/validator.js,
 * models/schemas/flow.js).
 */
export type FlowFault = { readonly message: string; readonly code: 400 }

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isObjectId = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)

/** @returns what is wrong with it; empty when it may be stored */
export function flowFaults(flow: unknown): readonly FlowFault[] {
  if (!isFields(flow)) return [fault('Flow is not an object.')]
  return [...ownFaults(flow), ...graphFaults(flow.graph)].map(fault)
}

const fault = (message: string): FlowFault => ({ message, code: 400 })

function ownFaults({ status, type, cron, name, description }: Fields): readonly string[] {
  return [
    ...(status === undefined ? [] : ['Status may not be set.']),
    ...(type === undefined || type === 'ordinary' || type === 'long_running' ? [] : ['Flow type must be ordinary or long_running.']),
    ...(cron === undefined || cron === '' || (isText(cron) && parseCron(cron)) ? [] : ['Invalid cron expression.']),
    ...(name === undefined || typeof name === 'string' ? [] : ['Name must be a text.']),
    ...(description === undefined || typeof description === 'string' ? [] : ['Description must be a text.'])
  ]
}

function graphFaults(graph: unknown): readonly string[] {
  if (!isFields(graph)) return ['Flow is missing the graph attribute.']
  const nodes = Array.isArray(graph.nodes) ? graph.nodes.filter(isFields) : []
  const edges = Array.isArray(graph.edges) ? graph.edges.filter(isFields) : []
  if (nodes.length === 0) return ['Flow requires at least one node.']
  const ids = new Set(nodes.map(({ id }) => id))
  return [
    ...(nodes.length > 1 && edges.length === 0 ? ['Flows with more than one node require edges.'] : []),
    ...(ids.size < nodes.length ? ['Node ids must be unique.'] : []),
    ...nodes.flatMap(nodeFaults),
    ...edges.flatMap((edge) => edgeFaults(edge, ids))
  ]
}

function nodeFaults(node: Fields): readonly string[] {
  return [
    ...(isText(node.id) && node.id.length <= 30 ? [] : ['Node id is required, up to 30 signs.']),
    ...(isObjectId(node.componentId) ? [] : [`Node ${String(node.id)}: componentId is required, an ObjectId.`]),
    ...(isText(node.function) ? [] : [`Node ${String(node.id)}: function is required.`]),
    ...(node.credentials_id === undefined || isObjectId(node.credentials_id) ? [] : [`Node ${String(node.id)}: credentials_id must be an ObjectId.`]),
    ...(node.fields === undefined || isFields(node.fields) ? [] : [`Node ${String(node.id)}: fields must be an object.`])
  ]
}

function edgeFaults({ id, source, target, config }: Fields, nodes: ReadonlySet<unknown>): readonly string[] {
  const condition = isFields(config) ? config.condition : undefined
  return [
    ...(id === undefined || (isText(id) && id.length <= 10) ? [] : ['Edge id has up to 10 signs.']),
    ...[source, target].filter((end) => !isText(end) || !nodes.has(end)).map((end) => `Edge leads to a node that does not exist: ${String(end)}.`),
    ...(condition === undefined || (isText(condition) && condition.length <= 30) ? [] : ['Edge condition has up to 30 signs.'])
  ]
}
