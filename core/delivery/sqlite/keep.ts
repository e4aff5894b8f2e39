import type { Database } from '../../store/database.ts'
import type { KeptRow } from './messages.ts'

/** Stores what was refused, or decided otherwise than by a plain allow. */
export function keep(database: Database, row: KeptRow): void {
  const insert = `INSERT INTO kept (received_at, app, signed, id, command, outcome, code, failed, error, query, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  const { receivedAt, sdkAppId, signed, id, command, outcome, code, failed, error, query, raw } = row
  const flags = [code, failed ? 1 : 0] as const
  database.run(insert, receivedAt, sdkAppId, signed ? 1 : 0, id, command, outcome, ...flags, error ?? null, query, raw)
}
