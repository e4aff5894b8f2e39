import type { Database } from '../../store/database.ts'
import type { Arg, Result } from './messages.ts'

/**
 * What came since a time, in a few long texts: a row each would take seconds where a million came.
 * Callbacks are numbered in the order of receipt, so the first of them is found by halving.
 */
export function recent(database: Database, { since, after, limit }: Arg<'recent'>): Result<'recent'> {
  const from = after > 0 ? after : firstSince(database, since) - 1
  const row = database.get(
    `SELECT group_concat(identity, '') AS identities, group_concat(seq, ',') AS seqs,
      group_concat(received_at, ',') AS ats, max(seq) AS last
      FROM (SELECT seq, identity, received_at FROM callbacks WHERE seq > ? ORDER BY seq LIMIT ?)`,
    from,
    limit,
  )
  if (typeof row?.['last'] !== 'number') return undefined
  const [identities, seqs, ats] = [row['identities'], row['seqs'], row['ats']].map(String)
  return { identities: identities ?? '', seqs: seqs ?? '', ats: ats ?? '', last: row['last'] }
}

function firstSince(database: Database, since: number): number {
  let low = database.number('SELECT min(seq) FROM callbacks')
  let high = database.number('SELECT max(seq) FROM callbacks') + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Numbers may be missing, so the next one that there is speaks for it.
    const at = database.number('SELECT received_at FROM callbacks WHERE seq >= ? ORDER BY seq LIMIT 1', middle)
    if (at >= since) high = middle
    else low = middle + 1
  }
  return low
}

/** Which callback a number means. */
export function about(database: Database, { seq }: Arg<'about'>): Result<'about'> {
  const row = database.get('SELECT id, app, command, resends FROM callbacks WHERE seq = ?', seq)
  if (!row) return undefined
  const { id, app, command, resends } = row
  return { id: String(id), sdkAppId: Number(app), command: String(command), resends: Number(resends) }
}
