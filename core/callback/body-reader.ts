import type { Definition } from '../protocol/define.ts'
import { fieldsReader, noteMissing, type SchemaNode } from './coerce.ts'
import { Faults } from './schema-errors.ts'
import type { JsonObject } from '../lib/json.ts'
import { readMessage } from './read-message.ts'

/** A body as it was read. */
export interface Reading {
  /** What handlers see: without what does not fit. It shares its parts with the body that was read. */
  readonly body: JsonObject
  /** What does not fit, one line each, at most 20: `CreatedGroupNum: expected integer, got object`. */
  readonly faults: readonly string[]
  /** Where, by the table's paths without indices, each once: `MsgBody[].MsgContent.Text`. */
  readonly paths: readonly string[]
  /** Whether the body has all that its type promises. */
  readonly fits: boolean
}

/**
 * Reads the bodies of one command, and changes nothing in what it reads.
 * @param requested the command that the URL named, where it is another one
 */
export type BodyReader = (body: JsonObject, requested?: string) => Reading

const none: readonly string[] = Object.freeze([])

/** Makes the reader of a callback's bodies, which takes a moment: callers keep what they get. */
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

/** Reads the bodies of a command that the table does not know: as they are. */
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

/** A command that is no text is taken as absent. */
function noteCommand(named: unknown, requested: string, faults: Faults): void {
  if (typeof named !== 'string' || named === requested) return
  faults.add(undefined, 'CallbackCommand', `expected ${JSON.stringify(requested)} as in the URL, got another command`)
}

function withoutCommand(body: JsonObject): JsonObject {
  const { CallbackCommand: _, ...rest } = body
  return rest
}
