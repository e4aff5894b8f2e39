import type { Database } from '../../store/database.ts'
import type { Arg } from './messages.ts'
import { trimRefused } from './room.ts'

/** What a row takes beside its texts. */
const ROW_BYTES = 200

/** Stores what was refused, or decided otherwise than by a plain allow. Gives how many refused ones went for it. */
export function keep(database: Database, row: Arg<'keep'>): number {
  const insert = `INSERT INTO kept
    (received_at, app, signed, id, command, outcome, code, failed, error, expendable, bytes, query, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  const { receivedAt, sdkAppId, signed, id, command, outcome, code, failed, error, expendable, query, raw } = row
  const bytes = Buffer.byteLength(raw) + query.length + ROW_BYTES
  const about = [receivedAt, sdkAppId, signed ? 1 : 0, id, command, outcome, code, failed ? 1 : 0, error ?? null]
  database.run(insert, ...about, expendable ? 1 : 0, bytes, query, raw)
  return outcome === 'refused' ? trimRefused(database, row.share, MOST_AT_ONCE) : 0
}

/** A large one may take the place of many small ones; what is left over goes with the next sweep. */
const MOST_AT_ONCE = 200
