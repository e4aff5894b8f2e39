import type { Engine } from '../database/engine.ts'
import type { Row } from '../rows/row.ts'
import { queryOf } from '../search/terms.ts'

const PAGE = 500

/** Which messages to find. Times are milliseconds since 1970. */
export interface Wanted {
  readonly app?: number | undefined
  readonly group?: string | undefined
  /** Sender or receiver. */
  readonly account?: string | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** The messages in the order of their times, page by page, in bounded memory. */
export async function* readMessages(engine: Engine, wanted: Wanted): AsyncGenerator<Row[]> {
  let last: { event_at: number; id: number } | undefined
  for (;;) {
    const after = last
    let query = select(engine, wanted).orderBy('event_at').orderBy('id').limit(PAGE)
    if (after) {
      query = query.where((where) =>
        where.or([
          where('event_at', '>', after.event_at),
          where.and([where('event_at', '=', after.event_at), where('id', '>', after.id)]),
        ]),
      )
    }
    const rows = await query.execute()
    last = rows.at(-1)
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) return
  }
}

/** The newest messages that have all words of a text, up to a limit. */
export async function searchMessages(
  engine: Engine,
  { text, limit, ...wanted }: Wanted & { readonly text: string; readonly limit: number },
): Promise<Row[]> {
  const { terms, fits } = queryOf(text)
  const found: Row[] = []
  if (terms.length === 0) return found
  for (let offset = 0; found.length < limit; offset += PAGE) {
    const rows = await select(engine, wanted)
      .where(engine.hasTerms(terms))
      .orderBy('event_at', 'desc')
      .orderBy('id', 'desc')
      .limit(PAGE)
      .offset(offset)
      .execute()
    found.push(...rows.filter((row) => fits(row.text)))
    if (rows.length < PAGE) break
  }
  return found.slice(0, limit)
}

function select({ db }: Engine, { app, group, account, since, until }: Wanted) {
  let query = db.selectFrom('timhook_messages').selectAll().where('complete', '=', 1)
  if (app !== undefined) query = query.where('app', '=', app)
  if (group !== undefined)
    query = query.where((where) => where.or([where('group_id', '=', group), where('topic_id', '=', group)]))
  if (account !== undefined) {
    query = query.where((where) => where.or([where('sender', '=', account), where('receiver', '=', account)]))
  }
  if (since !== undefined) query = query.where('event_at', '>=', since)
  if (until !== undefined) query = query.where('event_at', '<', until)
  return query
}
