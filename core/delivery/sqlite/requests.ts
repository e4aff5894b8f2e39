import type { Database } from '../../store/database.ts'
import type { Arg, Result } from './messages.ts'

/** What another process may ask of the server, by way of the table `requests`. */
export type Asked =
  | { readonly kind: 'retry' | 'drop'; readonly nums: readonly number[] }
  | { readonly kind: 'replay'; readonly plugin: string; readonly ids: readonly string[] }
  | { readonly kind: 'replay'; readonly plugin: string; readonly since: number; readonly until: number }

/** Works on the requests that came. What they make pending counts as new: its attempts begin at 1. */
export function requests(database: Database, { now }: Arg<'requests'>): Result<'requests'> {
  const woken: Record<string, number> = {}
  for (const { num, request } of database.all('SELECT num, request FROM requests WHERE result IS NULL ORDER BY num')) {
    const asked = JSON.parse(String(request)) as Asked
    const count = asked.kind === 'replay' ? replay(database, asked, now, woken) : letters(database, asked, now, woken)
    database.run('UPDATE requests SET result = ? WHERE num = ?', JSON.stringify({ count }), Number(num))
  }
  return woken
}

function replay(
  database: Database,
  asked: Extract<Asked, { kind: 'replay' }>,
  now: number,
  woken: Record<string, number>,
): number {
  // Only what the plugin is through with: the rest it gets anyway.
  const insert = `INSERT OR IGNORE INTO pending (plugin, seq, attempt, due_at)
    SELECT ?, seq, 1, ? FROM callbacks WHERE seq <= (SELECT seq FROM cursors WHERE plugin = ?)`
  const { plugin } = asked
  const count =
    'ids' in asked
      ? database.run(
          `${insert} AND id IN (SELECT value FROM json_each(?))`,
          plugin,
          now,
          plugin,
          JSON.stringify(asked.ids),
        )
      : database.run(
          `${insert} AND received_at >= ? AND received_at < ?`,
          plugin,
          now,
          plugin,
          asked.since,
          asked.until,
        )
  woken[plugin] = (woken[plugin] ?? 0) + count
  return count
}

function letters(
  database: Database,
  { kind, nums }: Extract<Asked, { kind: 'retry' | 'drop' }>,
  now: number,
  woken: Record<string, number>,
): number {
  let count = 0
  for (const num of nums) {
    const letter = database.get('SELECT plugin, seq FROM dead_letters WHERE num = ?', num)
    if (!letter) continue
    database.run('DELETE FROM dead_letters WHERE num = ?', num)
    count++
    if (kind === 'drop') continue
    const plugin = String(letter['plugin'])
    const insert = 'INSERT OR IGNORE INTO pending (plugin, seq, attempt, due_at) VALUES (?, ?, 1, ?)'
    woken[plugin] = (woken[plugin] ?? 0) + database.run(insert, plugin, Number(letter['seq']), now)
  }
  return count
}
