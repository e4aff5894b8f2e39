import type { Database } from '../../../../store/sqlite/database.ts'
import type { Damage } from './read-block.ts'

/** Damage that waits to be reported, and the numbers of what was reported already. */
const found = new WeakMap<Database, { readonly reported: Set<number>; waiting: Damage[] }>()

/** Queues the report of a damaged block, once. Returns how many of its callbacks were for the plugin. */
export function reportDamage(database: Database, damage: Damage, plugin: string): number {
  const all = found.get(database) ?? { reported: new Set(), waiting: [] }
  found.set(database, all)
  if (!all.reported.has(damage.last)) all.waiting.push(damage)
  all.reported.add(damage.last)
  return damage.plugins[plugin] ?? 0
}

/** Returns the damage found since the last call. */
export function takeDamage(database: Database): Damage[] {
  return found.get(database)?.waiting.splice(0) ?? []
}
