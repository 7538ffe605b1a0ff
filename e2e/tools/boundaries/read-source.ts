import ts from 'typescript'
import { findGlobals } from './find-globals.js'
import type { Import, SourceFile } from './source-file.js'

/** Reads a file with TypeScript's own parser, so that imports in texts and comments do not count. */
export function readSource(path: string, text: string): SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const visit = (node: ts.Node): void => {
    const found = readImport(node)
    if (found) imports.push(found)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, imports, globals: findGlobals(file) }
}

function readImport(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node)) return readImportDeclaration(node)
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return readExportDeclaration(node, node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return whole(node.argument.literal, true)
  if (ts.isCallExpression(node) && isCallOf(node, 'import', 'require')) return whole(node.arguments[0], false)
  return null
}

const isCallOf = (node: ts.CallExpression, ...names: string[]): boolean =>
  node.expression.kind === ts.SyntaxKind.ImportKeyword ? names.includes('import') : ts.isIdentifier(node.expression) && names.includes(node.expression.text)

/** `import(variable)` names no file that could be judged; it is reported under its own text. */
function whole(node: ts.Node | undefined, isType: boolean): Import {
  const specifier = node && ts.isStringLiteralLike(node) ? node.text : `import(${node?.getText() ?? ''})`
  return { specifier, isType, names: [], isWhole: true }
}

function readImportDeclaration(node: ts.ImportDeclaration): Import {
  const clause = node.importClause
  const bindings = clause?.namedBindings
  const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : []
  const values = elements.filter((element) => !element.isTypeOnly)
  const isWhole = bindings !== undefined && ts.isNamespaceImport(bindings)
  const isAllTypes = elements.length > 0 && values.length === 0 && clause?.name === undefined
  return {
    specifier: textOf(node.moduleSpecifier),
    isType: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || isAllTypes,
    names: [...(clause?.name ? ['default'] : []), ...values.map((element) => (element.propertyName ?? element.name).text)],
    isWhole
  }
}

function readExportDeclaration(node: ts.ExportDeclaration, from: ts.Expression): Import {
  const elements = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : []
  const values = elements.filter((element) => !element.isTypeOnly)
  const isAllTypes = elements.length > 0 && values.length === 0
  return {
    specifier: textOf(from),
    isType: node.isTypeOnly || isAllTypes,
    names: values.map((element) => (element.propertyName ?? element.name).text),
    isWhole: elements.length === 0
  }
}

const textOf = (node: ts.Expression): string => (ts.isStringLiteralLike(node) ? node.text : node.getText())
