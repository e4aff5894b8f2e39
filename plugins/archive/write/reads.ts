import { columnId } from '../callbacks/fields.ts'
import type { ReadFact } from '../callbacks/fact.ts'
import { digest } from '../callbacks/keys.ts'
import type { Engine } from '../database/engine.ts'
import type { Work } from '../database/tables.ts'
import type { Row } from '../rows/row.ts'

/** Reports have whole seconds. */
const SECOND_MS = 999

/** Marks messages as read whose report arrived first, by the earliest report that covers them. */
export async function markFromReports(work: Work, rows: readonly Row[]): Promise<void> {
  const candidates = rows.filter(
    ({ chat, complete, receiver }) => chat === 'c2c' && complete === 1 && receiver !== null,
  )
  if (candidates.length === 0) return
  const reports = await work
    .selectFrom('timhook_reads')
    .selectAll()
    .where('conversation_key', 'in', [...new Set(candidates.map((row) => row.conversation_key))])
    .where('read_to', '>=', Math.min(...candidates.map((row) => row.event_at)) - SECOND_MS)
    .execute()
  if (reports.length === 0) return
  for (const row of candidates) {
    const reader = digest(columnId(row.receiver))
    for (const report of reports) {
      if (report.conversation_key !== row.conversation_key || report.reader !== reader) continue
      if (report.read_to + SECOND_MS < row.event_at) continue
      row.read_at = Math.min(row.read_at ?? Infinity, report.read_to)
    }
  }
}

/** Stores a report, and marks the messages that it covers and no earlier one does. */
export async function addReport(engine: Engine, work: Work, { conversation, reader, upTo }: ReadFact): Promise<void> {
  const earlier = await work
    .selectFrom('timhook_reads')
    .select('read_to')
    .where('conversation_key', '=', conversation)
    .where('reader', '=', reader)
    .where('read_to', '<=', upTo)
    .orderBy('read_to', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (earlier?.read_to === upTo) return
  const insert = work.insertInto('timhook_reads').values({ conversation_key: conversation, reader, read_to: upTo })
  await (engine.name === 'mysql' ? insert.ignore() : insert.onConflict((conflict) => conflict.doNothing())).execute()
  const covered = await work
    .selectFrom('timhook_messages')
    .select(['id', 'receiver'])
    .where('conversation_key', '=', conversation)
    .where('event_at', '<=', upTo + SECOND_MS)
    .where('event_at', '>', (earlier?.read_to ?? -SECOND_MS) + SECOND_MS)
    .where('complete', '=', 1)
    .where((where) => where.or([where('read_at', 'is', null), where('read_at', '>', upTo)]))
    .execute()
  const theirs = covered.filter((row) => row.receiver !== null && digest(row.receiver) === reader).map(({ id }) => id)
  for (let from = 0; from < theirs.length; from += 500) {
    const ids = theirs.slice(from, from + 500)
    await work.updateTable('timhook_messages').set({ read_at: upTo }).where('id', 'in', ids).execute()
  }
}
