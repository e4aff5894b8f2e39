import type { Database, Value } from '../../../../store/sqlite/database.ts'
import { refusedFingerprint } from '../../../record-refused.ts'
import type { Arg, UndeliveredRow } from './messages.ts'
import { textOf } from '../blocks/read-block.ts'
import { countResends } from './settle.ts'
import { trimRefused } from '../blocks/room.ts'
import { UNDELIVERED, seek } from '../blocks/seek.ts'

/** Bytes of a row besides its texts. */
const ROW_BYTES = 200
/** How many refused callbacks one record may evict. The next sweep evicts the rest. */
const MAX_EVICTED = 200
/** How many fingerprints of refused callbacks are held in memory. */
const MAX_REMEMBERED = 10_000

/** The row of a refused callback. */
interface Place {
  readonly num: number
  readonly id: string
  readonly at: number
}

/**
 * Creates the operation that records callbacks that were refused, or decided otherwise than by a plain allow. A callback
 * that is refused again within the window counts as a resend of the first. Returns how many refused ones were evicted.
 */
export function createRecordUndelivered(database: Database): (arg: Arg<'recordUndelivered'>) => number {
  let known: Map<string, Place> | undefined

  return ({ resendWindow, share, ...row }) => {
    if (row.outcome !== 'refused') {
      insert(database, row)
      return 0
    }
    const since = row.receivedAt - resendWindow
    known ??= load(database, since)
    const fingerprint = fingerprintOf(row)
    const first = known.get(fingerprint)
    if (first && first.at > since && isRecorded(database, first)) {
      countResends(database, [-first.num])
      return 0
    }
    insert(database, row)
    remember(known, fingerprint, { num: database.number('SELECT last_insert_rowid()'), id: row.id, at: row.receivedAt })
    return trimRefused(database, share, MAX_EVICTED)
  }
}

function insert(database: Database, row: UndeliveredRow): void {
  const sql = `INSERT INTO kept
    (received_at, app, signed, id, command, outcome, code, failed, error, expendable, bytes, query, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  const { receivedAt, sdkAppId, signed, id, command, outcome, code, failed, error, expendable, query, raw } = row
  const bytes = Buffer.byteLength(raw) + query.length + ROW_BYTES
  const about = [receivedAt, sdkAppId, signed ? 1 : 0, id, command, outcome, code, failed ? 1 : 0, error ?? null]
  database.run(sql, ...about, expendable ? 1 : 0, bytes, query, raw)
}

interface RefusedRow extends Place {
  readonly sdkAppId: number
  readonly command: string
  readonly error: string
  readonly raw: Value
}

/** Loads the refused callbacks from before the start that may come again. */
function load(database: Database, since: number): Map<string, Place> {
  const known = new Map<string, Place>()
  const select = `SELECT num, id, received_at AS at, app AS sdkAppId, command, error, CAST(raw AS BLOB) AS raw FROM kept
    WHERE num >= ? AND received_at > ? AND outcome = 'refused' ORDER BY num DESC LIMIT ${MAX_REMEMBERED}`
  const rows = database.all<RefusedRow>(select, seek(database, UNDELIVERED, 'received_at', since), since)
  for (const { num, id, at, raw, ...row } of rows.toReversed())
    remember(known, fingerprintOf({ ...row, raw: textOf(raw) }), { num, id, at })
  return known
}

function remember(known: Map<string, Place>, fingerprint: string, place: Place): void {
  // Move it to the end, as the newest.
  known.delete(fingerprint)
  known.set(fingerprint, place)
  const [oldest] = known.size > MAX_REMEMBERED ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
}

function fingerprintOf({ error = '', ...row }: Pick<UndeliveredRow, 'sdkAppId' | 'command' | 'error' | 'raw'>): string {
  return refusedFingerprint(row, { raw: row.raw.replaceAll('\u0000', '\ufffd'), error })
}

/** Whether the row is still there: its transaction may have been rolled back, or it was deleted since. */
function isRecorded(database: Database, { num, id }: Place): boolean {
  return database.get('SELECT 1 FROM kept WHERE num = ? AND id = ?', num, id) !== undefined
}
