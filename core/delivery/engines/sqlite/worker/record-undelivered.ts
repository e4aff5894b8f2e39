import type { Database } from '../../../../store/sqlite/database.ts'
import { refusedIdentity } from '../../../record-refused.ts'
import { change } from './apply-changes.ts'
import type { Arg, UndeliveredRow } from './messages.ts'
import { textOf } from '../blocks/read-block.ts'
import { trimRefused } from '../blocks/room.ts'
import { UNDELIVERED, seek } from '../blocks/seek.ts'

/** What a row takes beside its texts. */
const ROW_BYTES = 200
/** A large one may take the place of many small ones; what is left over goes with the next sweep. */
const MOST_AT_ONCE = 200
/** Refused callbacks that are remembered at a time. */
const REMEMBERED = 10_000

/** Where a refused callback is kept. */
interface Place {
  readonly num: number
  readonly id: string
  readonly at: number
}

/**
 * The number by which a kept callback stands beside those that are delivered, in what counts resends or waits for a
 * plugin: below all of theirs.
 */
export function undeliveredSeq(num: number): number {
  return -num
}

/**
 * Makes what stores callbacks that were refused, or decided otherwise than by a plain allow. One that is refused again
 * within the window is counted on the first. It gives how many refused ones went for it.
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
    const identity = fingerprintOf(row)
    const first = known.get(identity)
    if (first && first.at > since && isRecorded(database, first)) {
      change(database, [['resent', undeliveredSeq(first.num)]])
      return 0
    }
    insert(database, row)
    remember(known, identity, { num: database.number('SELECT last_insert_rowid()'), id: row.id, at: row.receivedAt })
    return trimRefused(database, share, MOST_AT_ONCE)
  }
}

function insert(database: Database, row: UndeliveredRow): void {
  const text = `INSERT INTO kept
    (received_at, app, signed, id, command, outcome, code, failed, error, expendable, bytes, query, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  const { receivedAt, sdkAppId, signed, id, command, outcome, code, failed, error, expendable, query, raw } = row
  const bytes = Buffer.byteLength(raw) + query.length + ROW_BYTES
  const about = [receivedAt, sdkAppId, signed ? 1 : 0, id, command, outcome, code, failed ? 1 : 0, error ?? null]
  database.run(text, ...about, expendable ? 1 : 0, bytes, query, raw)
}

/** What was kept before the start, and may come again. */
function load(database: Database, since: number): Map<string, Place> {
  const known = new Map<string, Place>()
  const select = `SELECT num, id, received_at, app, command, error, CAST(raw AS BLOB) AS raw FROM kept
    WHERE num >= ? AND received_at > ? AND outcome = 'refused' ORDER BY num DESC LIMIT ${REMEMBERED}`
  for (const row of database.all(select, seek(database, UNDELIVERED, 'received_at', since), since).toReversed()) {
    const [command, error, raw] = [String(row['command']), String(row['error']), textOf(row['raw'])]
    const identity = fingerprintOf({ sdkAppId: Number(row['app']), command, error, raw })
    remember(known, identity, { num: Number(row['num']), id: String(row['id']), at: Number(row['received_at']) })
  }
  return known
}

function remember(known: Map<string, Place>, identity: string, place: Place): void {
  // As the newest.
  known.delete(identity)
  known.set(identity, place)
  const [oldest] = known.size > REMEMBERED ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
}

function fingerprintOf({ error = '', ...row }: Pick<UndeliveredRow, 'sdkAppId' | 'command' | 'error' | 'raw'>): string {
  return refusedIdentity(row, { raw: row.raw.replaceAll('\u0000', '\ufffd'), error })
}

/** Its transaction may have been taken back, and it may have been deleted since. */
function isRecorded(database: Database, { num, id }: Place): boolean {
  return database.get('SELECT 1 FROM kept WHERE num = ? AND id = ?', num, id) !== undefined
}
