import type { Database } from '../../store/database.ts'
import type { Arg, Result } from './messages.ts'
import { CALLBACKS, seek } from './seek.ts'

/**
 * What came since a time, in a few long texts: a row each would take seconds where a million came.
 * Callbacks are numbered in the order of receipt, so the first of them is found by halving.
 */
export function recent(database: Database, { since, after, limit }: Arg<'recent'>): Result<'recent'> {
  const from = after > 0 ? after : seek(database, CALLBACKS, 'received_at', since) - 1
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

/** Which callback a number means. */
export function about(database: Database, { seq }: Arg<'about'>): Result<'about'> {
  const row = database.get('SELECT id, app, command, resends FROM callbacks WHERE seq = ?', seq)
  if (!row) return undefined
  const { id, app, command, resends } = row
  return { id: String(id), sdkAppId: Number(app), command: String(command), resends: Number(resends) }
}
