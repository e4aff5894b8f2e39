import { isObject, type JsonObject } from '../lib/json.ts'
import { elements } from '../protocol/msg-body.ts'
import type { Wire } from '../protocol/wire.ts'
import type { Random } from './random.ts'

/** A schema of the table as plain data. */
export interface Node {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly wire?: Wire
  readonly values?: readonly (string | number)[]
}

/** How deep forwarded messages are nested at most. */
const MAX_DEPTH = 3
const RELAY = 'TIMRelayElem'
const TEXTS = ['', 'hello', '你好，世界 👋', 'two\nlines, "quotes" and a \\', '{"json":[1,2.5,null]}'] as const
/** The first id that a JavaScript number cannot hold, and some beyond 64 bits. */
const BIG = [9007199254740993n, 144115263295492787n, 36893488147419103233n] as const

/** A value that fits the node. A BigInt stands for an integer literal that no JavaScript number can hold. */
export function make(node: Node, name: string, random: Random, depth = 0): unknown {
  if (node.const !== undefined) return node.const
  if (node.wire === 'msg-body') return [makeElement(random, depth + 1)]
  if (node.values) return makeValue(node.values, random)
  if (node.wire === 'integer') return random.below(1000)
  if (node.wire === 'number') return random.below(1000) / 8
  if (node.wire === 'account') return `timhook-sample-${random.below(100)}`
  return makeOf(random.pick(typesOf(node)), node, name, random, depth)
}

/** An element of a message, of one of the documented types or of another. */
export function makeElement(random: Random, depth = 0): JsonObject {
  const types = [...elements.keys()].filter((type) => type !== RELAY)
  const relays = depth < MAX_DEPTH ? [RELAY, RELAY, RELAY] : []
  const MsgType = random.pick(['TIMTimhookElem', ...types, ...relays])
  const content: Node | undefined = elements.get(MsgType)
  const MsgContent = content ? make(content, 'MsgContent', random, depth) : { Anything: anything(random) }
  return { MsgType, MsgContent }
}

/** A documented value, or one that is not documented yet. */
export function makeValue(values: readonly (string | number)[], random: Random): unknown {
  const isNumber = typeof values[0] === 'number'
  return random.pick([isNumber ? 90 + random.below(9) : `Timhook_New_${random.below(9)}`, ...values])
}

/** An integer literal beyond 2^53. */
export function bigInteger(random: Random): bigint {
  return random.pick(BIG)
}

/** A value of an undocumented field. */
export function anything(random: Random): unknown {
  return random.pick<unknown>([null, true, -1.5, 'text', bigInteger(random), [1, ['2']], { Deep: { er: [] } }])
}

/** The types of a node, of which the documented one is the most likely. */
function typesOf({ type = 'string', items, properties }: Node): [string, ...string[]] {
  const [first = 'string', ...alternatives] = [type].flat()
  // The documents say list or object; a text in its place is the exception.
  return items || properties ? [first, first, first, ...alternatives] : [first, ...alternatives]
}

function makeOf(type: string, node: Node, name: string, random: Random, depth: number): unknown {
  switch (type) {
    case 'array':
      return Array.from({ length: 1 + random.below(3) }, () => make(node.items ?? {}, name, random, depth))
    case 'object':
      return makeObject(node, random, depth)
    case 'boolean':
      return random.chance(0.5)
    case 'integer':
      return random.below(1000)
    default:
      return makeText(name, random)
  }
}

function makeObject({ properties = {}, required = [] }: Node, random: Random, depth: number): JsonObject {
  const chosen = Object.entries(properties).filter(([name]) => required.includes(name) || random.chance(0.7))
  return Object.fromEntries(chosen.map(([name, node]) => [name, make(node, name, random, depth)]))
}

/** A server may take a sample for real, so it must not name a real group, room or message. */
function makeText(name: string, random: Random): string {
  if (/group_?id$/i.test(name)) return '@TGS#TIMHOOK-SAMPLE'
  return /id$/i.test(name) ? `timhook-sample-${random.below(100)}` : random.pick(TEXTS)
}

/** Whether the value is an object that the node describes. */
export function isDescribed(node: Node, value: unknown): value is JsonObject {
  return node.properties !== undefined && isObject(value)
}
