/**
 * What keeps callbacks in order: those of one group (or live room, battle, call or session of a desk), of one conversation (the unordered pair
 * of accounts), or of one account are delivered one after another; `none` are not ordered. A field may be a path, such
 * as `Info.To_Account` or `PairList.0.From_Account`.
 */
export type OrderKey =
  | { readonly by: 'group'; readonly fields: readonly [string] }
  | { readonly by: 'conversation'; readonly fields: readonly [string, string] }
  | { readonly by: 'account'; readonly fields: readonly [string] }
  | { readonly by: 'none'; readonly fields: readonly [] }

/** Between the parts of a key. Ids are printable text; one that had it would at worst wait for the callbacks of another key. */
export const SEPARATOR = '\u001f'

export const unordered: OrderKey = { by: 'none', fields: [] }

/** The group of the callback, by its `GroupId` unless another field holds it. */
export function byGroup(field = 'GroupId'): OrderKey {
  return { by: 'group', fields: [field] }
}

/** The two accounts of a one-to-one conversation, whichever of them sends. */
export function byConversation(one = 'From_Account', other = 'To_Account'): OrderKey {
  return { by: 'conversation', fields: [one, other] }
}

/** The account that the callback is about. */
export function byAccount(field = 'From_Account'): OrderKey {
  return { by: 'account', fields: [field] }
}

/**
 * Text that is equal for callbacks to be kept in order within one app, or undefined if there is no order, or if
 * the body lacks what it would be known by.
 */
export function orderKeyOf(order: OrderKey, body: Readonly<Record<string, unknown>>): string | undefined {
  if (order.by === 'none') return undefined
  const one = idAt(body, order.fields[0])
  if (one === undefined) return undefined
  if (order.by !== 'conversation') return `${order.by}${SEPARATOR}${one}`
  const other = idAt(body, order.fields[1])
  if (other === undefined) return undefined
  return one < other
    ? `${order.by}${SEPARATOR}${one}${SEPARATOR}${other}`
    : `${order.by}${SEPARATOR}${other}${SEPARATOR}${one}`
}

/** An order key in printable ASCII, across apps: `1400000000/group/%40TGS%231`, `1400000000/conversation/ann/bob`. */
export function printableKey(sdkAppId: number, key: string): string {
  return `${sdkAppId}/${key
    .split(SEPARATOR)
    // Through bytes, because half of a surrogate pair cannot be encoded.
    .map((part) => encodeURIComponent(Buffer.from(part).toString()))
    .join('/')}`
}

function idAt(holder: unknown, path: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const dot = path.indexOf('.')
  if (dot >= 0) return idAt((holder as Record<string, unknown>)[path.slice(0, dot)], path.slice(dot + 1))
  const id = (holder as Record<string, unknown>)[path]
  if (typeof id === 'number') return String(id)
  return typeof id === 'string' && id !== '' ? id : undefined
}
