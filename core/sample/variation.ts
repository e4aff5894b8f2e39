import { isObject, type JsonObject } from '../lib/json.ts'
import type { Definition } from '../protocol/define.ts'
import { elements } from '../protocol/msg-body.ts'
import { anything, bigInteger, isDescribed, make, makeElement, makeValue, type Node } from './make.ts'
import { type Random, randomOf } from './random.ts'

/** Dotted paths of fields that stay as they are. */
type Fixed = readonly string[]

/** The probability of each change of a field; a body may get several. */
const share = { dropped: 0.12, added: 0.2, unknown: 0.15, form: 0.2, value: 0.15, big: 0.08, item: 0.15 }

/** The identity of a variation, and its sender. */
const MARK = 'Timhook_Variation'

/**
 * A body as Tencent might send it, made from one that fits: documented fields dropped or added, integers as digit
 * strings, accounts as bare integers (a BigInt stands for one beyond 2^53), documented values and new ones, keys that
 * nobody has documented, other elements in messages. It fits its definition. Required fields and those of the
 * order key stay. The same `seed` and `n` give the same body.
 * @param options.fixed names of fields of the body that stay as well
 */
export function variation(
  definition: Definition,
  body: JsonObject,
  { seed, n, fixed = [] }: { seed: number; n: number; fixed?: readonly string[] },
): JsonObject {
  const order = definition.phase === 'after' ? definition.order.fields : []
  const varied = varyObject(definition.request, body, randomOf(seed, n), [...fixed, ...order])
  return { ...varied, [MARK]: `${seed}/${n}` }
}

function varyObject(node: Node, object: JsonObject, random: Random, fixed: Fixed = []): JsonObject {
  const varied: JsonObject = {}
  const { properties = {}, required = [] } = node
  for (const name of new Set([...Object.keys(object), ...Object.keys(properties)])) {
    const child = Object.hasOwn(properties, name) ? properties[name] : undefined
    const below = fixedBelow(fixed, name)
    const mayDrop = child && below.length === 0 && !required.includes(name)
    if (!Object.hasOwn(object, name)) {
      if (mayDrop && random.chance(share.added)) varied[name] = make(child, name, random)
    } else if (!child || below.includes('')) varied[name] = object[name]
    else if (!mayDrop || !random.chance(share.dropped)) varied[name] = vary(child, name, object[name], random, below)
  }
  if (random.chance(share.unknown)) varied[`Timhook_Unknown_${random.below(9)}`] = anything(random)
  return varied
}

function vary(node: Node, name: string, value: unknown, random: Random, fixed: Fixed = []): unknown {
  if (node.wire === 'msg-body') return varyMessage(value, random)
  if (isDescribed(node, value)) return varyObject(node, value, random, fixed)
  if (Array.isArray(value)) return varyList(node.items ?? {}, name, value, random, fixed)
  if (node.values && random.chance(share.value)) return varyForm(node, makeValue(node.values, random), random)
  return varyForm(node, value, random)
}

/** The same value in another of the forms in which it may come. */
function varyForm({ wire, values }: Node, value: unknown, random: Random): unknown {
  if (wire === 'account') {
    if (random.chance(share.big)) return bigInteger(random)
    return random.chance(share.form) ? 1000 + random.below(2 ** 40) : value
  }
  if (wire === 'integer' && !values && random.chance(share.big / 4)) return bigInteger(random)
  return wire && typeof value === 'number' && random.chance(share.form) ? String(value) : value
}

function varyList(items: Node, name: string, list: readonly unknown[], random: Random, fixed: Fixed): unknown[] {
  const varied = list.map((item, index) => {
    const below = fixedBelow(fixed, String(index))
    return below.includes('') ? item : vary(items, name, item, random, below)
  })
  if (random.chance(share.item)) varied.push(make(items, name, random))
  return varied.length > 1 && fixed.length === 0 && random.chance(share.item) ? varied.slice(1) : varied
}

function varyMessage(list: unknown, random: Random): unknown[] {
  const varied = (Array.isArray(list) ? list : []).map((element: unknown) => varyElement(element, random))
  if (random.chance(share.item * 2)) varied.push(makeElement(random))
  return varied
}

function varyElement(element: unknown, random: Random): unknown {
  if (!isObject(element) || random.chance(share.item)) return makeElement(random)
  const content: Node | undefined = elements.get(String(element['MsgType']))
  if (!content) return element
  return { ...element, MsgContent: vary(content, 'MsgContent', element['MsgContent'], random) }
}

/** What is fixed within a field; the empty path is the field itself. */
function fixedBelow(fixed: Fixed, name: string): string[] {
  return fixed.filter((path) => path === name || path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1))
}
