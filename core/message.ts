import { Compile, type Validator } from '#typebox/schema'
import { elements } from './protocol/msg-body.ts'
import { converterOf, type Converter, type SchemaNode } from './convert.ts'
import { describe } from './faults.ts'
import { isObject, type JsonObject } from './json.ts'

/** Merged-forward messages hold messages; deeper ones than any client makes are left as they came. */
const MAX_DEPTH = 32

interface ElementType {
  readonly schema: SchemaNode
  readonly compiled: Validator
  readonly convert: Converter | undefined
}

const compiled = new Map<string, ElementType>()

/**
 * Checks the elements of a message and converts those that fit. A fault names the element's index and the field of
 * the branch that its MsgType picks; an element with a fault, and one of an unknown type, stays as it came.
 */
export function readElements(list: unknown, path: string, depth = 0): string[] {
  if (!Array.isArray(list) || depth > MAX_DEPTH) return []
  return list.flatMap((element: unknown, index) => readElement(element, `${path}[${index}]`, depth))
}

function readElement(element: unknown, path: string, depth: number): string[] {
  if (!isObject(element)) return [`${path}: expected object`]
  const { MsgType, MsgContent } = element
  if (typeof MsgType !== 'string') return [`${path}.MsgType: expected string`]
  if (!isObject(MsgContent)) return [`${path}.MsgContent: expected object`]
  const type = elementType(MsgType)
  if (!type) return []
  if (!type.compiled.Check(MsgContent)) {
    return describe(type.schema, type.compiled.Errors(MsgContent)[1], `${path}.MsgContent`)
  }
  type.convert?.(MsgContent)
  return readForwarded(MsgContent, `${path}.MsgContent.MsgList`, depth)
}

function readForwarded(content: JsonObject, path: string, depth: number): string[] {
  const list = content['MsgList']
  if (!Array.isArray(list)) return []
  return list.flatMap((message: unknown, index) =>
    isObject(message) ? readElements(message['MsgBody'], `${path}[${index}].MsgBody`, depth + 1) : [],
  )
}

function elementType(msgType: string): ElementType | undefined {
  const known = compiled.get(msgType)
  const content = elements.get(msgType)
  if (known || !content) return known
  const schema = content as SchemaNode
  const type = { schema, compiled: Compile(content), convert: converterOf(schema) }
  compiled.set(msgType, type)
  return type
}
