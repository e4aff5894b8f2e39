import type { Database } from '../../../../store/sqlite/database.ts'
import { blockFrom, lastStored } from '../blocks/blocks.ts'
import { clearSuspects } from '../file/clean-mark.ts'
import type { Arg, Result, Standing } from './messages.ts'
import { countIn } from '../blocks/read-block.ts'

/** The largest number ever given to a callback, even if its rows are deleted. */
export function lastSeq(database: Database): number {
  const elsewhere = database.number(`SELECT max(
    (SELECT coalesce(max(seq), 0) FROM cursors),
    (SELECT coalesce(max(value), 0) FROM meta WHERE name = 'last'))`)
  return Math.max(elsewhere, lastStored(database))
}

/** Starts a run. Returns where every plugin stands and how the last run ended, and clears the mark of a clean stop. */
export function begin(database: Database, { plugins }: Arg<'begin'>): Result<'begin'> {
  const clean = database.number("SELECT count(*) FROM meta WHERE name = 'clean' AND value = 1") === 1
  database.run("INSERT OR REPLACE INTO meta VALUES ('clean', 0)")
  if (clean) clearSuspects(database)
  const last = lastSeq(database)
  for (const plugin of plugins) database.run('INSERT OR IGNORE INTO cursors VALUES (?, ?)', plugin, last)
  const known = database.all('SELECT plugin FROM cursors').map(({ plugin }) => String(plugin))
  return {
    clean: clean || last === 0,
    last,
    plugins: Object.fromEntries(plugins.map((plugin) => [plugin, standing(database, plugin)])),
    removed: known.filter((plugin) => !plugins.includes(plugin)),
  }
}

/** A plugin's cursor, backlog and chains. */
export function standing(database: Database, plugin: string): Standing {
  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  const unread = unreadOf(database, plugin, cursor)
  const done = database.number('SELECT count(*) FROM done WHERE plugin = ? AND seq > ?', plugin, cursor)
  const pending = database.number('SELECT count(*) FROM pending WHERE plugin = ?', plugin)
  const chains = database.all(
    'SELECT chain, min(seq) AS first FROM pending WHERE plugin = ? AND chain IS NOT NULL GROUP BY chain',
    plugin,
  )
  return {
    cursor,
    waiting: unread - done + pending,
    chains: chains.map(({ chain, first }) => ({ key: String(chain), first: Number(first) })),
  }
}

/** How many callbacks beyond its cursor are for a plugin. */
function unreadOf(database: Database, plugin: string, cursor: number): number {
  const block = blockFrom(database, cursor + 1)
  if (!block) return 0
  const left = block.callbacks.filter(({ seq, plugins }) => seq > cursor && plugins.includes(plugin)).length
  const inFirst = block.damage?.plugins[plugin] ?? left
  const select = 'SELECT CAST(sets AS BLOB) AS sets, count(*) AS blocks FROM blocks WHERE last > ? GROUP BY sets'
  return database
    .all(select, block.last)
    .reduce((sum, { sets, blocks }) => sum + Number(blocks) * countIn(sets, plugin), inFirst)
}
