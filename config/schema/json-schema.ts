import { branchesOf, type SchemaNode } from './node.ts'
import { isPlainObject } from './objects.ts'
import { ConfigSchema } from './schema.ts'

const INTERPOLATION = { type: 'string', pattern: '\\$\\{', description: 'A ${VAR} that gives the value.' }
const OURS = new Set(['expected', 'secret', 'opaque', 'code'])

/** The config's JSON Schema (draft-07, which editors know best), made from ConfigSchema. */
export function configJsonSchema(): Record<string, unknown> {
  // This drops what JSON cannot hold: codecs, and TypeBox's own marks.
  const plain = JSON.parse(JSON.stringify(ConfigSchema)) as SchemaNode
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'timhook config',
    description: 'Apps, server and plugins of timhook, a dispatcher of Tencent Cloud IM webhooks.',
    ...convert(plain),
  }
}

function convert(node: SchemaNode): Record<string, unknown> {
  const result = Object.fromEntries(Object.entries(node).filter(([key]) => !OURS.has(key)))
  const branches = branchesOf(node) as readonly SchemaNode[] | undefined
  if (branches !== undefined) {
    // A plugin given as an object cannot be in a file.
    const writable = branches.filter((branch) => branch.opaque !== true)
    return {
      ...result,
      anyOf: [...writable.map((branch) => convertPart(branch)), ...(writable.every(isOpenText) ? [] : [INTERPOLATION])],
    }
  }
  if (isPlainObject(node.properties)) {
    const properties = node.properties as Record<string, SchemaNode>
    result.properties = Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, convert(child)]))
    const required = Array.isArray(node.required)
      ? node.required.filter((key) => !('default' in (properties[String(key)] ?? {})))
      : []
    if (required.length > 0) result.required = required
    else delete result.required
    return result
  }
  if (isPlainObject(node.items)) return { ...result, items: convert(node.items) }
  if (node.type === 'object' || isOpenText(node)) return result
  const { description, default: preset, ...leaf } = result
  const notes = {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
  }
  return { ...notes, anyOf: [leaf, INTERPOLATION] }
}

/** Converts a branch of a union. A leaf stays as it is, since the union itself allows `${…}`. */
function convertPart(branch: SchemaNode): Record<string, unknown> {
  const isContainer = branch.type === 'object' || branch.type === 'array'
  return isContainer ? convert(branch) : Object.fromEntries(Object.entries(branch).filter(([key]) => !OURS.has(key)))
}

/** Whether any text fits, so also a `${VAR}`. */
function isOpenText(node: SchemaNode): boolean {
  return node.type === 'string' && node.pattern === undefined && node.enum === undefined
}
