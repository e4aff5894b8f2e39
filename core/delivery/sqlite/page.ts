import type { Database, Row } from '../../store/database.ts'
import { setsOf } from './begin.ts'
import type { Arg, Result, Waiting } from './messages.ts'

/** Bodies of a page, in characters: beyond it ends, so that a few large ones do not fill the memory. */
const PAGE_CHARACTERS = 4_000_000
const STORED = `SELECT c.seq, id, app, command, received_at, signed, order_key, query, raw, resends, maybe_resend,
  coalesce(t.n, 0) AS tries`
const TRIES = 'LEFT JOIN tries t ON t.seq = c.seq AND t.plugin = ?'

/** The next callbacks that a plugin has not had, in the order of receipt. */
export function page(database: Database, { plugin, after, limit }: Arg<'page'>, last: number): Result<'page'> {
  // Set by set along the index: whatever lies between, however much, is not read.
  const seqs = setsOf(database, plugin).flatMap((set) =>
    database
      .all('SELECT seq FROM callbacks WHERE set_id = ? AND seq > ? ORDER BY seq LIMIT ?', set, after, limit)
      .map(({ seq }) => Number(seq)),
  )
  const next = seqs.toSorted((one, other) => one - other).slice(0, limit)
  const rows: Waiting[] = []
  let scanned = after
  let characters = 0
  for (const seq of next) {
    if (characters > PAGE_CHARACTERS) return { rows, scanned, end: false }
    scanned = seq
    if (database.get('SELECT 1 FROM done WHERE plugin = ? AND seq = ?', plugin, seq)) continue
    const row = database.get(`${STORED} FROM callbacks c ${TRIES} WHERE c.seq = ?`, plugin, seq)
    if (!row) continue
    characters += String(row['raw']).length
    rows.push(waiting(row, 1))
  }
  const end = next.length < limit
  return { rows, scanned: end ? last : scanned, end }
}

/** Retries whose time has come, the longest due first, but for those that are under way. */
export function due(database: Database, { plugin, now, limit, skip }: Arg<'due'>): Result<'due'> {
  const select = `${STORED}, p.attempt, p.due_at FROM pending p JOIN callbacks c ON c.seq = p.seq ${TRIES}
    WHERE p.plugin = ? AND p.chain IS NULL AND p.due_at <= ? ORDER BY p.due_at, p.seq LIMIT ?`
  const taken = new Set(skip)
  const found = database.all(select, plugin, plugin, now, limit + skip.length)
  const rows = found.map((row) => waiting(row, Number(row['attempt']))).filter(({ seq }) => !taken.has(seq))
  const more = rows.length > limit ? rows[limit]?.dueAt : undefined
  const later = database.get(
    'SELECT min(due_at) AS at FROM pending WHERE plugin = ? AND chain IS NULL AND due_at > ?',
    plugin,
    now,
  )?.['at']
  return { rows: rows.slice(0, limit), next: more ?? (typeof later === 'number' ? later : undefined) }
}

/** The first ones of a chain: what a key's order holds back. */
export function chain(database: Database, { plugin, chain: name, limit }: Arg<'chain'>): Result<'chain'> {
  const select = `${STORED}, p.attempt, p.due_at FROM pending p JOIN callbacks c ON c.seq = p.seq ${TRIES}
    WHERE p.plugin = ? AND p.chain = ? ORDER BY p.seq LIMIT ?`
  return database.all(select, plugin, plugin, name, limit).map((row) => waiting(row, Number(row['attempt'])))
}

function waiting(row: Row, attempt: number): Waiting {
  return {
    seq: Number(row['seq']),
    id: String(row['id']),
    sdkAppId: Number(row['app']),
    command: String(row['command']),
    receivedAt: Number(row['received_at']),
    signed: row['signed'] === 1,
    key: typeof row['order_key'] === 'string' ? row['order_key'] : undefined,
    query: String(row['query']),
    raw: String(row['raw']),
    resends: Number(row['resends']),
    maybeResend: row['maybe_resend'] === 1,
    attempt,
    dueAt: typeof row['due_at'] === 'number' ? row['due_at'] : undefined,
    tries: Number(row['tries']),
  }
}
