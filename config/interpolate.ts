import type { Fault, Path } from './faults.ts'
import { BROKEN, isPlainObject, setKey } from './plain.ts'
import { resolveText, type Sources } from './resolve-text.ts'
import type { Interpolated } from './walk.ts'

const MAX_DEPTH = 64
const MAX_VALUES = 100_000

/** A config whose `${…}` are replaced. */
export interface Interpolation {
  /** A copy, with BROKEN where a `${…}` has no value. */
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
 * one that contains itself included.
 */
export function interpolate(input: unknown, sources: Sources): Interpolation {
  const faults: Fault[] = []
  const secrets = new Set<string>()
  const kinds = new Map<string, Interpolated>()
  let values = 0

  function copy(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return replace(value, path)
    if (isPluginObject(value, path) || !(Array.isArray(value) || isPlainObject(value))) return value
    values += 1
    if (path.length > MAX_DEPTH || values > MAX_VALUES) {
      if (path.length > MAX_DEPTH)
        faults.push({ path: path.slice(0, 4), message: `is nested more than ${MAX_DEPTH} levels deep` })
      else if (values === MAX_VALUES + 1) faults.push({ path: path.slice(0, 4), message: 'is too large' })
      return BROKEN
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]))
    const result = {}
    for (const [key, item] of Object.entries(value)) setKey(result, key, copy(item, [...path, key]))
    return result
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

// A plugin given as an object is code, not config: its texts are its own, and so is its identity.
function isPluginObject(value: unknown, path: Path): boolean {
  return typeof value === 'object' && path.length === 3 && path[0] === 'plugins' && path[2] === 'use'
}
