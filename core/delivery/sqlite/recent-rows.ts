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
    `SELECT group_concat(identity, '') AS identities, group_concat(id, '') AS ids, group_concat(seq, ',') AS seqs,
      group_concat(received_at, ',') AS ats, max(seq) AS last
      FROM (SELECT seq, id, identity, received_at FROM callbacks WHERE seq > ? ORDER BY seq LIMIT ?)`,
    from,
    limit,
  )
  if (typeof row?.['last'] !== 'number') return undefined
  const { last } = row
  const [identities = '', ids = '', seqs = '', ats = ''] = ['identities', 'ids', 'seqs', 'ats'].map((name) => {
    return String(row[name])
  })
  const again = 'SELECT seq, resends FROM callbacks WHERE seq > ? AND seq <= ? AND resends > 0'
  const resends = database.all(again, from, last).map((one) => {
    return { seq: Number(one['seq']), times: Number(one['resends']) }
  })
  return { identities, ids, seqs, ats, resends, last }
}
