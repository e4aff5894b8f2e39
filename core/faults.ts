import type { SchemaNode } from './convert.ts'

const MAX_NAMED = 8

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
}

/** One line a fault. Branches of a union are left out: the union itself says what it expects. */
export function describe(schema: SchemaNode, errors: readonly SchemaError[], prefix = ''): string[] {
  const faults = new Set<string>()
  for (const error of errors) {
    if (/\/anyOf\/[0-9]+/.test(error.schemaPath) || error.keyword === 'additionalProperties') continue
    const path = dotted(prefix, error.instancePath)
    if (error.keyword === 'required') {
      for (const name of (error.params as { requiredProperties: string[] }).requiredProperties) {
        faults.add(`${path ? `${path}.` : ''}${name}: is required`)
      }
    } else if (error.keyword === 'boolean') faults.add(`${path}: is no field of it`)
    else faults.add(`${path}: expected ${expectation(nodeAt(schema, error.schemaPath), error)}`)
  }
  return [...faults].slice(0, MAX_NAMED)
}

function expectation(node: SchemaNode | undefined, error: SchemaError): string {
  if (node?.expected) return node.expected
  if (node?.const !== undefined) return JSON.stringify(node.const)
  if (typeof node?.type === 'string') return node.type
  return error.keyword
}

function nodeAt(schema: SchemaNode, pointer: string): SchemaNode | undefined {
  let node: unknown = schema
  for (const step of pointer.split('/').slice(1)) node = (node as Record<string, unknown> | undefined)?.[unescape(step)]
  return node as SchemaNode | undefined
}

function dotted(prefix: string, pointer: string): string {
  let path = prefix
  for (const step of pointer.split('/').slice(1)) {
    const name = unescape(step)
    path += /^[0-9]+$/.test(name) ? `[${name}]` : `${path ? '.' : ''}${name}`
  }
  return path
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
