import type { Database, Value } from '../../../../store/sqlite/database.ts'
import { blockFrom, lastStored } from '../blocks/blocks.ts'
import { clearSuspects } from '../file/clean-mark.ts'
import type { Arg, Removed, Result, Standing } from './messages.ts'
import { countIn, type StoredBlock } from '../blocks/read-block.ts'
import { unsettledOf } from './page.ts'

/** The prefix of rows in `meta` that say since when a plugin has been gone. */
const REMOVED = 'removed '

/** The largest number that any row is about: one that is given again would count as done, or as sent again. */
export function lastSeq(database: Database): number {
  const elsewhere = database.number(`SELECT max(
    (SELECT coalesce(max(seq), 0) FROM cursors), (SELECT coalesce(max(last), 0) FROM done),
    (SELECT coalesce(max(seq), 0) FROM resends), (SELECT coalesce(max(value), 0) FROM meta WHERE name = 'last'))`)
  return Math.max(elsewhere, lastStored(database))
}

/** Starts a run. Returns where every plugin stands and how the last run ended, and clears the mark of a clean stop. */
export function begin(database: Database, { plugins, now }: Arg<'begin'>): Result<'begin'> {
  const clean = database.number("SELECT count(*) FROM meta WHERE name = 'clean' AND value = 1") === 1
  database.run("INSERT OR REPLACE INTO meta VALUES ('clean', 0)")
  if (clean) clearSuspects(database)
  const last = lastSeq(database)
  for (const plugin of plugins) database.run('INSERT OR IGNORE INTO cursors VALUES (?, ?)', plugin, last)
  const known = database.all<{ plugin: string }>('SELECT plugin FROM cursors')
  for (const plugin of plugins) database.run('DELETE FROM meta WHERE name = ?', `${REMOVED}${plugin}`)
  const gone = known.filter(({ plugin }) => !plugins.includes(plugin))
  return {
    clean: clean || last === 0,
    last,
    plugins: Object.fromEntries(plugins.map((plugin) => [plugin, standing(database, plugin)])),
    removed: gone.map(({ plugin }) => removedOf(database, plugin, now)),
  }
}

/** Since when a plugin has been gone. */
function removedOf(database: Database, plugin: string, now: number): Removed {
  const name = `${REMOVED}${plugin}`
  database.run('INSERT OR IGNORE INTO meta VALUES (?, ?)', name, now)
  return { plugin, since: database.number('SELECT value FROM meta WHERE name = ?', name) }
}

/** A plugin's cursor and backlog. */
export function standing(database: Database, plugin: string): Standing {
  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  const pending = database.number('SELECT count(*) FROM pending WHERE plugin = ?', plugin)
  return { cursor, waiting: unsettledBeyond(database, plugin, cursor) + pending }
}

/** The end of the last range of `done` that begins at or before the end of a block. */
const DONE_UP_TO = `coalesce((SELECT d.last FROM done d WHERE d.plugin = ?1 AND d.first <= blocks.last
  ORDER BY d.first DESC LIMIT 1), 0)`

/** How many callbacks beyond its cursor are for a plugin, and not settled. */
function unsettledBeyond(database: Database, plugin: string, cursor: number): number {
  const block = blockFrom(database, cursor + 1)
  if (!block) return 0
  const inBlock = (one: StoredBlock): number =>
    one.damage?.plugins[plugin] ?? unsettledOf(database, one, plugin, cursor).length
  // Blocks that no range touches are counted by their sets. Blocks that are only partly in a range are read.
  const untouched = `SELECT CAST(sets AS BLOB) AS sets, count(*) AS blocks FROM blocks
    WHERE last > ?2 AND ${DONE_UP_TO} < first GROUP BY sets`
  const torn = `SELECT last FROM blocks WHERE last > ?2 AND ${DONE_UP_TO} >= first
    AND NOT (${DONE_UP_TO} >= last AND (SELECT max(d.first) FROM done d WHERE d.plugin = ?1 AND d.first <= blocks.last) <= first)`
  const counts = [
    inBlock(block),
    ...database
      .all<{ sets: Value; blocks: number }>(untouched, plugin, block.last)
      .map(({ sets, blocks }) => blocks * countIn(sets, plugin)),
    ...database.all<{ last: number }>(torn, plugin, block.last).map(({ last }) => {
      const found = blockFrom(database, last)
      return found ? inBlock(found) : 0
    }),
  ]
  return counts.reduce((sum, count) => sum + count, 0)
}
