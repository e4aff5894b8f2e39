import { expect } from 'chai'
import { SqliteClient } from '../../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { mustBeCurrent } from '../../../../../core/delivery/engines/sqlite/file/check-file.ts'
import { openFile } from '../../../../../core/delivery/engines/sqlite/file/open-file.ts'
import { MIGRATIONS, SCHEMA_VERSION } from '../../../../../core/delivery/engines/sqlite/file/schema.ts'
import { newFile, runEngine } from '../run-sqlite.ts'
import { forever, look, turn } from '../tick-batches.ts'

const NEXT = 'CREATE TABLE more (seq INTEGER PRIMARY KEY); INSERT INTO more SELECT last FROM blocks'
const AFTER_THAT = 'ALTER TABLE more ADD COLUMN at INTEGER NOT NULL DEFAULT 7'

/** A file that this version has made, with callbacks that wait. */
async function made(): Promise<string> {
  const file = await newFile()
  const run = await runEngine(file, { one: forever })
  await turn(run)
  await run.stop()
  return file
}

function errorOf(open: () => unknown): unknown {
  try {
    open()
    return undefined
  } catch (error) {
    return error
  }
}

describe('the file of an older version', () => {
  it('is migrated step by step when a server opens it, with all that it has', async () => {
    const file = await made()
    const migrations = [...MIGRATIONS, NEXT, AFTER_THAT]
    openFile(file, migrations).close()
    const database = look(file)
    expect(database.number('PRAGMA user_version')).to.equal(SCHEMA_VERSION + 2)
    expect(database.all('SELECT * FROM more')).to.deep.equal([{ seq: 10, at: 7 }])
    expect(database.number('SELECT last FROM blocks')).to.equal(10)
    expect(errorOf(() => mustBeCurrent(database, file, SCHEMA_VERSION + 2))).to.equal(undefined)
    openFile(file, migrations).close()
  })

  it('keeps what was done of a migration that failed, and goes on from there', async () => {
    const file = await made()
    expect(errorOf(() => openFile(file, [...MIGRATIONS, NEXT, 'SELECT nothing FROM nowhere']))).to.include({
      code: 'STORE_UNUSABLE',
    })
    const database = look(file)
    expect(database.number('PRAGMA user_version')).to.equal(SCHEMA_VERSION + 1)
    openFile(file, [...MIGRATIONS, NEXT, AFTER_THAT]).close()
    expect(database.number('PRAGMA user_version')).to.equal(SCHEMA_VERSION + 2)
  })

  it('is refused by name where it is newer, and by whoever only reads it where it is older', async () => {
    const file = await made()
    const database = look(file)
    const older = errorOf(() => mustBeCurrent(database, file, SCHEMA_VERSION + 1))
    expect(older).to.include({ code: 'STORE_UNUSABLE' }).and.to.have.property('hint').that.contains('Start the server')
    openFile(file, [...MIGRATIONS, NEXT]).close()
    const newer: unknown = await SqliteClient.open(file).catch((error: unknown) => error)
    expect(newer).to.include({ code: 'STORE_NEWER' })
    expect(newer)
      .to.have.property('message')
      .that.contains(`tables ${SCHEMA_VERSION + 1}`)
    expect(errorOf(() => mustBeCurrent(database, file))).to.include({ code: 'STORE_NEWER' })
  })
})
