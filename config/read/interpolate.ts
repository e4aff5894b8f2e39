import { causeOf } from '../cause.ts'
import type { Fault, Path } from '../faults.ts'
import { BROKEN, isPlainObject, setKey } from '../schema/objects.ts'
import { resolveText, type Sources } from './resolve-text.ts'
import type { Interpolated } from '../check/walk.ts'

const MAX_DEPTH = 64
const MAX_VALUES = 100_000

/** A config with its `${…}` replaced. */
export interface Interpolation {
  /** A copy, with BROKEN in place of each `${…}` without a value. */
  value: unknown
  faults: Fault[]
  /** Contents of `${file:…}`. */
  secrets: Set<string>
  /** Whether the value at a path came from `${…}`: as a whole, in part, or not (false). */
  isInterpolated: (path: Path) => Interpolated
}

/**
 * Replaces `${VAR}`, `${VAR:-default}`, `${VAR:?why}` and `${file:PATH}` in the string values (never the keys) of lists
 * and plain objects; `$${` stands for a literal `${`. Anything else (a function, a plugin) goes through by reference.
 * A variable that is unset or empty and an unreadable file are faults; so is a value nested more than 64 levels deep,
 * including one that contains itself.
 */
export function interpolate(input: unknown, sources: Sources): Interpolation {
  const faults: Fault[] = []
  const secrets = new Set<string>()
  const kinds = new Map<string, Interpolated>()
  const reported = new Set<string>()
  let values = 0

  function copy(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return replace(value, path)
    try {
      if (!isPluginObject(value, path)) return copyParts(value, path)
      look(value)
      return value
    } catch (error) {
      // A getter, or a trap of a Proxy.
      faults.push({ path, message: `cannot be read (${causeOf(error)})` })
      return BROKEN
    }
  }

  function copyParts(value: unknown, path: Path): unknown {
    const isList = Array.isArray(value)
    if (!isList && !isPlainObject(value)) return value
    values += 1
    const isTooLarge = values > MAX_VALUES || (isList && value.length > MAX_VALUES)
    if (path.length > MAX_DEPTH) return excess(path, `is nested more than ${MAX_DEPTH} levels deep`)
    if (isTooLarge) return excess(path, 'is too large')
    if (isList) return Array.from({ length: value.length }, (_, index) => copyKey(value, [...path, index], index))
    const result = {}
    for (const key of Object.keys(value)) setKey(result, key, copyKey(value, [...path, key], key))
    return result
  }

  /** Reports each message once: a config that has one such value may have thousands. */
  function excess(path: Path, message: string): unknown {
    if (!reported.has(message)) faults.push({ path: path.slice(0, 4), message })
    reported.add(message)
    return BROKEN
  }

  function copyKey(holder: object, path: Path, key: string | number): unknown {
    let value: unknown
    try {
      value = Reflect.get(holder, key)
    } catch (error) {
      faults.push({ path, message: `cannot be read (${causeOf(error)})` })
      return BROKEN
    }
    return copy(value, path)
  }

  function replace(value: string, path: Path): unknown {
    const resolved = resolveText(value, sources)
    for (const problem of resolved.problems) faults.push({ path, message: problem })
    for (const secret of resolved.secrets) secrets.add(secret)
    if (resolved.kind !== false) kinds.set(JSON.stringify(path), resolved.kind)
    return resolved.problems.length > 0 ? BROKEN : resolved.text
  }

  const value = copy(input, [])
  return { value, faults, secrets, isInterpolated: (path) => kinds.get(JSON.stringify(path)) ?? false }
}

/** Reads a value as a check would. @throws what its getters throw */
function look(plugin: unknown): void {
  if (isPlainObject(plugin)) Object.assign({}, { ...plugin }.handlers)
}

// A plugin given as an object is code, not config, so it is neither interpolated nor copied.
function isPluginObject(value: unknown, path: Path): boolean {
  return typeof value === 'object' && value !== null && path.length === 3 && path[0] === 'plugins' && path[2] === 'use'
}
