import ts from 'typescript'

/** Globals that a file without I/O may not touch: time, chance, timers, network, storage, the page, the process. */
const FORBIDDEN = new Set([
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'requestAnimationFrame',
  'requestIdleCallback',
  'performance',
  'crypto',
  'process',
  'console',
  'window',
  'self',
  'globalThis',
  'document',
  'navigator',
  'location',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'BroadcastChannel',
  'Worker',
  'Buffer'
])
const FORBIDDEN_MEMBERS = new Set(['Date.now', 'Math.random'])

/** The forbidden globals that a file uses as values. A name that the file declares itself, as a parameter for example, is not the global. */
export function findGlobals(file: ts.SourceFile): readonly string[] {
  const declared = new Set<string>()
  const used = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return
    if (isDeclaration(node) && node.name && ts.isIdentifier(node.name)) declared.add(node.name.text)
    const name = globalUsed(node)
    if (name) used.add(name)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return [...used].filter((name) => !declared.has(name.replace(/\..*/, '')))
}

const isDeclaration = (node: ts.Node): node is ts.NamedDeclaration =>
  ts.isVariableDeclaration(node) ||
  ts.isParameter(node) ||
  ts.isBindingElement(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isImportSpecifier(node) ||
  ts.isClassDeclaration(node)

function globalUsed(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) && FORBIDDEN_MEMBERS.has(`${node.expression.getText()}.${node.name.text}`)) return node.getText()
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'Date()'
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  return ts.isIdentifier(node) && FORBIDDEN.has(node.text) && isReference(node) ? node.text : null
}

/** An identifier that is looked up in a scope, not a name behind a dot or the key of a property. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isShorthandPropertyAssignment(parent)) return true
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return !(
    ts.isTypeElement(parent) ||
    ts.isClassElement(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  )
}
