import type { Definition } from '../protocol/define.ts'
import { fieldsReader, noteMissing, type SchemaNode } from './coerce.ts'
import { Faults } from './schema-errors.ts'
import type { JsonObject } from '../lib/json.ts'
import { readMessage } from './read-message.ts'

/** The result of reading a body. */
export interface Reading {
  /** The body for handlers, without what does not match. Shares parts with the parsed body. */
  readonly body: JsonObject
  /** What does not match the definition, one line each, at most 20: `CreatedGroupNum: expected integer, got object`. */
  readonly faults: readonly string[]
  /** The paths of the faults in the table, without indices, each once: `MsgBody[].MsgContent.Text`. */
  readonly paths: readonly string[]
  /** Whether all required fields are present. */
  readonly fits: boolean
}

/**
 * Reads the bodies of one command without changing its input.
 * @param requested the command in the URL, if it is another one
 */
export type BodyReader = (body: JsonObject, requested?: string) => Reading

const none: readonly string[] = Object.freeze([])

/** Creates the reader of the bodies of a command. That is slow, so callers cache the result. */
export function bodyReader({ command, request }: Definition): BodyReader {
  const schema = request as SchemaNode
  const { CallbackCommand: _, ...properties } = schema.properties ?? {}
  const readFields = fieldsReader({ ...schema, properties }, { message: readMessage })
  let faults = new Faults()
  return (body, requested = command) => {
    const named = body['CallbackCommand']
    const isNamed = named === undefined || named === command
    if (!isNamed || requested !== command) noteCommand(named, requested, faults)
    const seen = readFields(isNamed ? body : withoutCommand(body), undefined, faults)
    noteMissing(schema, body, seen, undefined, faults)
    if (faults.count === 0) return { body: seen, faults: none, paths: none, fits: true }
    const found = faults
    faults = new Faults()
    return readingOf(seen, found)
  }
}

/** Reads the bodies of an unknown command: unchanged. */
export function unknownReader(command: string): BodyReader {
  return (body, requested = command) => {
    const faults = new Faults()
    noteCommand(body['CallbackCommand'], requested, faults)
    return readingOf(body, faults)
  }
}

function readingOf(body: JsonObject, { named, paths, isIncomplete }: Faults): Reading {
  return { body, faults: named, paths: [...paths], fits: !isIncomplete }
}

/** A command that is not a string counts as absent. */
function noteCommand(named: unknown, requested: string, faults: Faults): void {
  if (typeof named !== 'string' || named === requested) return
  faults.add(undefined, 'CallbackCommand', `expected ${JSON.stringify(requested)} as in the URL, got another command`)
}

function withoutCommand(body: JsonObject): JsonObject {
  const { CallbackCommand: _, ...rest } = body
  return rest
}
