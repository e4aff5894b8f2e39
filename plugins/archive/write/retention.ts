import type { Engine } from '../database/engine.ts'

const ROWS_AT_A_TIME = 1000

/** Deletes messages older than a time, milliseconds since 1970, and says how many. */
export async function deleteBefore(engine: Engine, before: number, signal: AbortSignal): Promise<number> {
  let deleted = 0
  while (!signal.aborted) {
    const rows = await engine.db
      .selectFrom('timhook_messages')
      .select('id')
      .where('event_at', '<', before)
      .orderBy('event_at')
      .limit(ROWS_AT_A_TIME)
      .execute()
    if (rows.length === 0) break
    await deleteIds(engine, rows)
    deleted += rows.length
  }
  await engine.db.deleteFrom('timhook_reads').where('read_to', '<', before).execute()
  return deleted
}

/** Deletes all messages that an account sent, and its one-to-one conversations, and says how many messages. */
export async function eraseAccount(engine: Engine, app: number, account: string): Promise<number> {
  let deleted = 0
  for (;;) {
    const rows = await engine.db
      .selectFrom('timhook_messages')
      .select('id')
      .where('app', '=', app)
      .where((where) => where.or([where('sender', '=', account), where('receiver', '=', account)]))
      .limit(ROWS_AT_A_TIME)
      .execute()
    if (rows.length === 0) break
    await deleteIds(engine, rows)
    deleted += rows.length
  }
  await engine.db
    .updateTable('timhook_groups')
    .set({ owner: null })
    .where('app', '=', app)
    .where('owner', '=', account)
    .execute()
  await engine.db
    .updateTable('timhook_messages')
    .set({ recalled_by: null })
    .where('app', '=', app)
    .where('recalled_by', '=', account)
    .execute()
  return deleted
}

async function deleteIds(engine: Engine, rows: readonly { id: number }[]): Promise<void> {
  const ids = rows.map(({ id }) => id)
  await engine.db.transaction().execute(async (work) => {
    await engine.lock(work)
    await work.deleteFrom('timhook_messages').where('id', 'in', ids).execute()
  })
}
