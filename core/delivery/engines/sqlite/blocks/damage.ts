import type { Database } from '../../../../store/sqlite/database.ts'
import type { Damage } from './read-block.ts'

/** What was found and is to be told, and the numbers of what was told. */
const found = new WeakMap<Database, { readonly told: Set<number>; waiting: Damage[] }>()

/** Has a block that cannot be read be told of, once. Gives how many of its callbacks were a plugin's. */
export function reportDamage(database: Database, damage: Damage, plugin: string): number {
  const all = found.get(database) ?? { told: new Set(), waiting: [] }
  found.set(database, all)
  if (!all.told.has(damage.last)) all.waiting.push(damage)
  all.told.add(damage.last)
  return damage.plugins[plugin] ?? 0
}

/** What was found since the last time. */
export function takeDamage(database: Database): Damage[] {
  return found.get(database)?.waiting.splice(0) ?? []
}
