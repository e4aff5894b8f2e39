import { unknownPattern } from './plugin-shape.ts'
import { covers } from '../registry.ts'

/** Returns a warning for each pattern of `only.commands` that matches no handler of the plugin, or is unknown. */
export function onlyWarnings(
  patterns: readonly string[],
  { name, handles }: { name: string; handles: readonly string[] },
): { index: number; message: string }[] {
  return patterns.flatMap((pattern, index) => {
    const unknown = unknownPattern(pattern)
    if (unknown !== undefined) return [{ index, message: `names ${unknown}` }]
    // If two patterns overlap, one covers the other.
    if (handles.some((handled) => covers(pattern, handled) || covers(handled, pattern))) return []
    return [{ index, message: `gives plugin ${name} nothing: it handles ${handles.join(', ') || 'no callback'}` }]
  })
}
