import { sql } from '#kysely'
import type { Engine } from './engine.ts'

/** The version of the tables that this code reads and writes. */
const SCHEMA = 1

/** The tables are not ones that this code can use. Never holds a secret. */
export class ArchiveSchemaError extends Error {
  override readonly name = 'ArchiveSchemaError'
}

/**
 * Makes the tables where there are none, so that they are of this version. Several processes may do so at once.
 * @throws ArchiveSchemaError for tables of a newer version, or of somebody else
 */
export async function migrate(engine: Engine): Promise<void> {
  await engine.db.transaction().execute(async (work) => {
    await engine.lockSchema(work)
    const isOurs = await engine.tableExists(work, 'timhook_archive')
    if (isOurs) {
      const row = await work
        .selectFrom('timhook_archive')
        .select('value')
        .where('name', '=', 'schema')
        .executeTakeFirst()
      // Where statements commit by themselves, another process may just be making them.
      if (row) return checkVersion(row.value)
    } else if (await engine.tableExists(work, 'timhook_messages')) {
      throw new ArchiveSchemaError(
        'the database has a table timhook_messages that no archive has made: name another database, or rename the table',
      )
    }
    for (const statement of engine.schema) await sql.raw(statement).execute(work)
    const insert = work.insertInto('timhook_archive').values({ name: 'schema', value: String(SCHEMA) })
    const once = engine.name === 'mysql' ? insert.ignore() : insert.onConflict((conflict) => conflict.doNothing())
    await once.execute()
  })
}

function checkVersion(value: string): void {
  if (Number(value) === SCHEMA) return
  throw new ArchiveSchemaError(
    Number(value) > SCHEMA
      ? `the archive was written by a newer timhook (tables of version ${value}; this one knows ${SCHEMA}): update timhook`
      : `the archive says that its tables are of version ${value}, which never was: restore table timhook_archive`,
  )
}
