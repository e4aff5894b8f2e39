import { sql } from '#kysely'
import type { Engine } from './engine.ts'
import type { Work } from './tables.ts'

/** This code cannot use the tables. Never contains a secret. */
export class ArchiveSchemaError extends Error {
  override readonly name = 'ArchiveSchemaError'
}

/**
 * Creates the tables if there are none, and brings older ones to this version, in one transaction. If statements
 * commit by themselves, they can be repeated. Several processes may do this at once.
 * @throws ArchiveSchemaError for tables of a newer version, or of something else
 */
export async function migrate(engine: Engine): Promise<void> {
  await engine.db.transaction().execute(async (work) => {
    await engine.lockSchema(work)
    const known = await versionOf(engine, work)
    const wanted = engine.versions.length
    if (known > wanted) {
      throw new ArchiveSchemaError(
        `the archive was written by a newer timhook (tables of version ${known}; this one knows ${wanted}): update timhook`,
      )
    }
    for (const statements of engine.versions.slice(known)) {
      for (const statement of statements) await sql.raw(statement).execute(work)
    }
    if (known === wanted) return
    const value = String(wanted)
    const insert = work.insertInto('timhook_archive').values({ name: 'schema', value })
    const once = engine.name === 'mysql' ? insert.ignore() : insert.onConflict((conflict) => conflict.doNothing())
    await once.execute()
    await work.updateTable('timhook_archive').set({ value }).where('name', '=', 'schema').execute()
  })
}

/** The version of the tables; 0 if there are none, or if another process is just creating them. */
async function versionOf(engine: Engine, work: Work): Promise<number> {
  if (!(await engine.tableExists(work, 'timhook_archive'))) {
    if (!(await engine.tableExists(work, 'timhook_messages'))) return 0
    throw new ArchiveSchemaError(
      'the database has a table timhook_messages that no archive has made: name another database, or rename the table',
    )
  }
  const row = await work.selectFrom('timhook_archive').select('value').where('name', '=', 'schema').executeTakeFirst()
  if (!row) return 0
  const version = Number(row.value)
  if (Number.isInteger(version) && version > 0) return version
  throw new ArchiveSchemaError(
    `the archive says that its tables are of version ${row.value}, which never existed: restore table timhook_archive`,
  )
}
