import { createHash } from 'node:crypto'
import type { Callback } from '../callback.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'

/** Fields of which one must be there for equal bodies to mean the same event. */
const TELLING = ['EventTime', 'MsgKey', 'MsgSeq', 'MsgTime']
const MAX_DEPTH = 100

/** Whether two equal bodies like this are one event sent twice, and not two alike. */
export function tellsResends(body: JsonObject): boolean {
  return TELLING.some((field) => body[field] !== undefined)
}

/**
 * What two sendings of the same callback have in common, and no two callbacks: app, command and body, whatever the
 * order of its keys. MsgKey or MsgSeq alone would not do: extensions and recalls reuse them.
 */
export function identityOf(callback: Pick<Callback, 'sdkAppId' | 'command' | 'raw'>): string {
  const hash = createHash('sha256').update(`${callback.sdkAppId}\u0000${callback.command}\u0000`)
  return hash.update(canonical(parseJson(callback.raw), 0) ?? callback.raw).digest('base64')
}

/** JSON with sorted keys, or undefined for what is nested so deep that no real body is. */
function canonical(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => canonical(item, depth + 1))
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`
  }
  if (!isObject(value)) return JSON.stringify(value)
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => {
      const text = canonical(value[key], depth + 1)
      return text === undefined ? undefined : `${JSON.stringify(key)}:${text}`
    })
  return entries.includes(undefined) ? undefined : `{${entries.join(',')}}`
}
