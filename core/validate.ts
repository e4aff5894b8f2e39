import { Compile } from '#typebox/schema'
import type { Definition } from './protocol/define.ts'
import { converterOf, type SchemaNode } from './convert.ts'
import { describe } from './faults.ts'
import type { JsonObject } from './json.ts'
import { readElements } from './message.ts'

/** Reads the bodies of one callback: checks them, and converts their fields in place to what handlers see. */
export interface BodyReader {
  /** Faults outside of message elements, one line each: `GroupId: expected string`. Empty for a body that fits. */
  read(body: JsonObject): string[]
  /** Faults inside the elements of its message: `MsgBody[2].MsgContent.Text: expected string`. */
  readMessage(body: JsonObject): string[]
}

const none: string[] = []

/** Compiles the reader of one callback, which is costly: callers keep what they get. */
export function bodyReader(definition: Definition): BodyReader {
  const schema = definition.request as SchemaNode
  const messageFields = Object.entries(schema.properties ?? {}).filter(([, node]) => node.wire === 'msg-body')
  // What is inside of messages is read by readMessage alone: a strange element must not hide another fault.
  const shallow = messageFields.map(([name]) => [name, { type: 'array', expected: 'array of message elements' }])
  const checked = { ...schema, properties: { ...schema.properties, ...Object.fromEntries(shallow) } } as SchemaNode
  const compiled = Compile(checked)
  const convert = converterOf(checked)
  return {
    read(body) {
      const faults = compiled.Check(body) ? none : describe(checked, compiled.Errors(body)[1])
      convert?.(body)
      return faults
    },
    readMessage(body) {
      if (messageFields.length === 0) return none
      return messageFields.flatMap(([name]) => readElements(body[name], name))
    },
  }
}
