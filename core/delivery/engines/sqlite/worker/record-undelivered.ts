import type { Database } from '../../../../store/sqlite/database.ts'
import { parseObject } from '../../../../lib/json.ts'
import { refusedFingerprint } from '../../../record-refused.ts'
import { packed } from '../blocks/block.ts'
import { seek } from '../blocks/blocks.ts'
import type { NameWords } from '../blocks/names.ts'
import { BLOCK_COLUMNS, readBlock } from '../blocks/read-block.ts'
import type { PinnedRow } from '../blocks/pinned.ts'
import { trimRefused } from '../blocks/room.ts'
import type { Arg, UndeliveredRow } from './messages.ts'
import { countResend } from './settle.ts'

/** Bytes of a row besides its texts. */
const ROW_BYTES = 200
/** How many refused callbacks one record may evict. The next sweep evicts the rest. */
const MAX_EVICTED = 200
/** How many fingerprints of refused callbacks are held in memory. */
const MAX_REMEMBERED = 10_000

const INSERT = `INSERT INTO singles
  (seq, received_at, id, command, outcome, code, failed, error, app, expendable, bytes, sets, heads, bodies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** The row of a refused callback. */
interface Place {
  readonly seq: number
  readonly id: string
  readonly at: number
}

/** Gives a number to a callback with these names. */
type NextSeq = (names: NameWords) => number

/**
 * Creates the operation that records callbacks that were refused, or decided otherwise than by a plain allow. A callback
 * that is refused again within the window counts as a resend of the first. Returns how many refused ones were evicted.
 */
export function createRecordUndelivered(
  database: Database,
  nextSeq: NextSeq,
): (arg: Arg<'recordUndelivered'>) => number {
  let known: Map<string, Place> | undefined

  return ({ resendWindow, share, ...row }) => {
    const { id, outcome, raw, error = '', receivedAt: at } = row
    if (outcome !== 'refused') {
      insert(database, row, '', nextSeq)
      return 0
    }
    const fingerprint = refusedFingerprint(row, { raw, error })
    const since = at - resendWindow
    known ??= load(database, since)
    const first = known.get(fingerprint)
    if (first && first.at > since && isRecorded(database, first)) {
      countResend(database, first.seq)
      return 0
    }
    const seq = insert(database, row, fingerprint, nextSeq)
    remember(known, fingerprint, { seq, id, at })
    return trimRefused(database, share, MAX_EVICTED)
  }
}

/** Returns its number. */
function insert(database: Database, row: UndeliveredRow, identity: string, nextSeq: NextSeq): number {
  const { receivedAt, sdkAppId, id, command, outcome, code, failed, error = null, expendable, signed, query, raw } = row
  const bytes = Buffer.byteLength(raw) + query.length + ROW_BYTES
  const own = { plugins: '[]', identity, key: undefined, maybeResend: false, body: parseObject(raw) }
  const { sets, heads, bodies, names } = packed({ id, sdkAppId, command, receivedAt, signed, query, raw, ...own })
  const seq = nextSeq(names)
  const kept = [outcome, code, failed ? 1 : 0, error, sdkAppId, expendable ? 1 : 0, bytes]
  database.runWith(INSERT, [seq, receivedAt, id, command, ...kept, sets, heads, bodies])
  return seq
}

/** Loads the refused callbacks from before the start that may come again. */
function load(database: Database, since: number): Map<string, Place> {
  const known = new Map<string, Place>()
  const select = `SELECT seq, ${BLOCK_COLUMNS} FROM singles WHERE seq >= ? AND received_at > ? AND outcome = 'refused'
    ORDER BY seq DESC LIMIT ${MAX_REMEMBERED}`
  const rows = database.all<PinnedRow>(select, seek(database, 'received_at', since), since)
  for (const { seq, ...row } of rows.toReversed())
    for (const { id, identity, receivedAt: at } of readBlock({ ...row, first: seq, last: seq }).callbacks)
      remember(known, identity, { seq, id, at })
  return known
}

function remember(known: Map<string, Place>, fingerprint: string, place: Place): void {
  // Move it to the end, as the newest.
  known.delete(fingerprint)
  known.set(fingerprint, place)
  const [oldest] = known.size > MAX_REMEMBERED ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
}

/** Whether the row is still there: its transaction may have been rolled back, or it was deleted since. */
function isRecorded(database: Database, { seq, id }: Place): boolean {
  return database.get('SELECT 1 FROM singles WHERE seq = ? AND id = ?', seq, id) !== undefined
}
