import { checkLeaf } from './check-leaf.ts'
import { choicesOf } from '../schema/describe.ts'
import type { Fault } from '../faults.ts'
import { describesList, describesObject, resolveNode, type Resolved, type SchemaNode } from '../schema/node.ts'
import { BROKEN, getKey, isPlainObject } from '../schema/objects.ts'
import { suggest } from './suggest.ts'
import type { At, Walk } from './walk.ts'

/** Checks a value against the branches of a union: takes the first that fits, else reports the branch that was probably meant. */
export function checkUnion(
  walk: Walk,
  node: SchemaNode,
  branches: readonly unknown[],
  value: unknown,
  at: At,
): unknown {
  for (const branch of branches) {
    const trial: Walk = { ...walk, faults: [], broken: 0, decodings: [] }
    const result = walk.visit(trial, branch, value, at)
    if (trial.faults.length > 0) continue
    walk.broken += trial.broken
    walk.decodings.push(...trial.decodings)
    return result
  }
  const resolved = branches.map((branch) => resolveNode(branch, at.scope))
  const meant = isPlainObject(value)
    ? objectBranch(resolved, value)
    : onlyOne(resolved.filter(({ node }) => Array.isArray(value) && describesList(node)))
  if (meant !== undefined) return walk.visit(walk, meant.node, value, { ...at, scope: meant.scope })
  const fault = isPlainObject(value) ? discriminatorFault(resolved, value, at) : undefined
  if (fault === undefined) return checkLeaf(walk, node, value, at)
  walk.faults.push(fault)
  return BROKEN
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}

/** The one object branch, or the one that a literal such as `type: 'file'` picks. */
function objectBranch(branches: readonly Resolved[], value: Record<string, unknown>): Resolved | undefined {
  const objects = branches.filter(({ node }) => describesObject(node))
  if (objects.length < 2) return objects[0]
  return onlyOne(
    objects.filter((branch) => discriminators(branch).some(([key, choices]) => choices.includes(getKey(value, key)))),
  )
}

function discriminators({ node }: Resolved): [string, readonly unknown[]][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, schema]): [string, readonly unknown[]][] => {
    const choices = choicesOf(schema as SchemaNode)
    return choices === undefined ? [] : [[key, choices]]
  })
}

/** A fault at the discriminator key, when its value fits no branch. */
function discriminatorFault(branches: readonly Resolved[], value: Record<string, unknown>, at: At): Fault | undefined {
  const maps = branches.filter(({ node }) => describesObject(node)).map((branch) => new Map(discriminators(branch)))
  const key = [...(maps[0]?.keys() ?? [])].find((name) => maps.every((map) => map.has(name)))
  if (key === undefined) return undefined
  const choices = [...new Set(maps.flatMap((map) => map.get(key) ?? []))].map(String)
  const given = getKey(value, key)
  if (choices.includes(String(given))) return undefined
  const meant = typeof given === 'string' && at.hidden === false ? suggest(given, choices) : undefined
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  return { path: [...at.path, key], message: `expected one of ${choices.join(', ')}${hint}` }
}
