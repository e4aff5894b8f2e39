import { getKey, getPath, setKey } from '../schema/objects.ts'
import type { Path } from '../faults.ts'

/** A value with a codec. It is decoded once the whole config is known to be valid. */
export interface Decoding {
  readonly path: Path
  readonly decode: (value: unknown) => unknown
}

/**
 * Decodes in the given order (keys before their object), and changes the value in place.
 * @param root path of the value itself
 */
export function decodeAll(value: unknown, decodings: readonly Decoding[], root: Path): unknown {
  const holder = { value }
  for (const { path, decode } of decodings) {
    const keys = ['value', ...path.slice(root.length)]
    const parent = getPath(holder, keys.slice(0, -1)) as object
    const key = String(keys.at(-1))
    setKey(parent, key, decode(getKey(parent, key)))
  }
  return holder.value
}
