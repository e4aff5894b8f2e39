import { unknownPattern } from './plugin-shape.ts'
import { covers } from '../registry.ts'

/** Patterns of `only.commands` that leave a plugin nothing of what it handles, or name what is not known: a sentence each. */
export function onlyWarnings(
  patterns: readonly string[],
  { name, handles }: { name: string; handles: readonly string[] },
): { index: number; message: string }[] {
  return patterns.flatMap((pattern, index) => {
    const unknown = unknownPattern(pattern)
    if (unknown !== undefined) return [{ index, message: `names ${unknown}` }]
    // Of two patterns that have a command in common one covers the other.
    if (handles.some((handled) => covers(pattern, handled) || covers(handled, pattern))) return []
    return [{ index, message: `gives plugin ${name} nothing: it handles ${handles.join(', ') || 'no callback'}` }]
  })
}
