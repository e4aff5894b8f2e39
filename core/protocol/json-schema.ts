import type { Merge } from './answer-fields.ts'
import type { BeforeDefinition, Definition } from './define.ts'
import { linksOf } from './links.ts'
import { elements } from './msg-body.ts'
import type { Wire } from './wire.ts'

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A schema of the table as plain data: JSON Schema, and keywords of ours. */
interface Node {
  readonly [keyword: string]: unknown
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly wire?: Wire
  readonly expected?: string
  readonly merge?: Merge
  readonly values?: readonly unknown[]
}

/** What a field looks like: as Tencent sends it, which comes in more than one form, or as an answer has it. */
type Form = 'received' | 'sent'

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'
const MSG_BODY = 'MsgBody.json'
const OTHER = 'other'

/**
 * The schema of a callback's body. Its `$id` is relative (`COMMAND.json`), and messages refer to `MsgBody.json`, so
 * that the files work wherever they lie, side by side.
 */
export function requestSchema({ command, phase, title, docs, request }: Definition): JsonSchema {
  const description = `Body of ${command}, ${phase} the event (${title.zh}). ${documents(docs)}`
  return { $schema: DRAFT, $id: `${command}.json`, title: title.en, description, ...convert(request, 'received') }
}

/** The schema of the answer to a before-callback: Tencent's envelope, and the fields that rewrite what is allowed. */
export function answerSchema(definition: BeforeDefinition): JsonSchema {
  const { command, answer, docs, perTarget } = definition
  const { properties } = convert(answer, 'sent')
  return {
    $schema: DRAFT,
    $id: `${command}.answer.json`,
    title: `Answer to ${command}`,
    description: `What ${command} may be answered with; other fields than the envelope's go with code 0 only. ${documents(docs)}`,
    type: 'object',
    required: ['ActionStatus', 'ErrorInfo', 'ErrorCode', ...(perTarget ? ['ResultItem'] : [])],
    properties: {
      ActionStatus: { type: 'string', const: 'OK', description: 'ErrorCode alone decides' },
      ErrorInfo: { type: 'string', description: 'Reason of a rejection' },
      ErrorCode: errorCode(definition),
      ...(properties as object),
    },
    additionalProperties: false,
  }
}

/** The schema of a message's elements, one branch a MsgType. Forwarded messages refer to it again. */
export function msgBodySchema(): JsonSchema {
  const branches = [...elements].map(([type, content]) => [
    type,
    element(type, { type: 'string', const: type }, convert(content, 'received')),
  ])
  const unlisted = { type: 'string', not: { enum: [...elements.keys()] }, description: 'Any other type' }
  const $defs = Object.fromEntries([...branches, [OTHER, element('Other element', unlisted, { type: 'object' })]])
  return {
    $schema: DRAFT,
    $id: MSG_BODY,
    title: 'MsgBody',
    description: `Elements of a message, in order. Types that are not described here pass. ${documents({ intl: 33527 })}`,
    type: 'array',
    items: { oneOf: Object.keys($defs).map((name) => ({ $ref: `#/$defs/${name}` })) },
    $defs,
  }
}

/** The schema with all that it refers to inside of it. */
export function bundled(schema: JsonSchema): JsonSchema {
  if (!JSON.stringify(schema).includes(`"$ref":"${MSG_BODY}"`)) return schema
  return { ...schema, $defs: { MsgBody: msgBodySchema() } }
}

function element(title: string, MsgType: JsonSchema, MsgContent: JsonSchema): JsonSchema {
  return { title, type: 'object', required: ['MsgType', 'MsgContent'], properties: { MsgType, MsgContent } }
}

function errorCode({ codes, drop, perTarget }: BeforeDefinition): JsonSchema {
  if (perTarget) return { type: 'integer', const: 0, description: 'ResultItem decides, target by target' }
  const ranges = codes.ranges.map(([from, to]) => (from === to ? { const: from } : { minimum: from, maximum: to }))
  const description = `0 allows${drop ? ', 2 drops without telling anybody' : ''}, all others reject`
  return { type: 'integer', anyOf: [{ const: 0 }, ...ranges, ...(drop ? [{ const: 2 }] : [])], description }
}

function documents(docs: Definition['docs']): string {
  const urls = linksOf(docs).map(({ url }) => url)
  return `Documents: ${urls.join(', ')}`
}

// Enumerable keywords only, which TypeBox's marks are not.
function convert(schema: object, form: Form): JsonSchema {
  const { wire, expected: _expected, merge: _merge, values, properties, items, ...rest } = schema as Node
  if (wire === 'msg-body') return { $ref: MSG_BODY }
  const isExact = form === 'sent' && wire !== undefined
  if (isExact) delete (rest as { pattern?: unknown }).pattern
  return {
    ...rest,
    // The first type of several is the one that handlers see.
    ...(isExact && Array.isArray(rest.type) && { type: (rest.type as string[])[0] }),
    ...(values && { examples: values }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, convert(node, form)])),
    }),
    ...(items && { items: convert(items, form) }),
  }
}
