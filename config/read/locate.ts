import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import type { Locate, Position } from '../faults.ts'

type Pairs = ReadonlyMap<string, { key: unknown; value: unknown }>

/** Finds positions in a YAML document. `at` turns an offset into a position. */
export function locateIn(document: Document, at: (offset: number) => Position): Locate {
  // A map with many faults is searched for each of them.
  const known = new WeakMap<YAMLMap, Pairs>()
  const pairsOf = (map: YAMLMap): Pairs => {
    const pairs = known.get(map) ?? index(map)
    known.set(map, pairs)
    return pairs
  }
  return (path, which) => {
    let node: unknown = document.contents
    let offset = startOf(node) ?? 0
    for (const [index, key] of path.entries()) {
      const found = step(isAlias(node) ? node.resolve(document) : node, key, pairsOf)
      if (found === undefined) break
      const ofKey = startOf(found.key)
      const isTarget = index === path.length - 1
      offset = (isTarget && which === 'key' ? ofKey : startOf(found.value)) ?? ofKey ?? offset
      node = found.value
    }
    return at(offset)
  }
}

function step(
  node: unknown,
  key: string | number,
  pairsOf: (map: YAMLMap) => Pairs,
): { key: unknown; value: unknown } | undefined {
  if (isSeq(node) && typeof key === 'number' && key < node.items.length)
    return { key: undefined, value: node.items[key] }
  return isMap(node) ? pairsOf(node).get(String(key)) : undefined
}

/** The pairs of a map by their keys. If a key is given twice, the last one counts. */
function index({ items }: YAMLMap): Pairs {
  return new Map(items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : [])))
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
