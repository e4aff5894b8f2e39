import { type JsonObject, MAX_DEPTH } from './json.ts'

/**
 * Deep-copies a value that `JSON.parse` has made, in a fifth of the time of parsing again. Returns undefined if it is
 * nested too deeply.
 */
export function copyOf(object: JsonObject): JsonObject | undefined {
  return copyFrom(object, 0)
}

/** Handles arrays too, as objects with numeric keys. */
function copyFrom(value: object, depth: number): JsonObject | undefined {
  if (depth > MAX_DEPTH) return undefined
  // Spreading copies a key `__proto__` as own data, so the assignments below overwrite that.
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as JsonObject
  for (const key of Object.keys(copy)) {
    const inner = copy[key]
    if (typeof inner !== 'object' || inner === null) continue
    const innerCopy = copyFrom(inner, depth + 1)
    if (!innerCopy) return undefined
    copy[key] = innerCopy
  }
  return copy
}
