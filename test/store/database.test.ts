import { join } from 'node:path'
import { expect } from 'chai'
import { Database } from '../../core/store/sqlite/database.ts'
import { folderWith } from '../harness/cli.ts'

async function opened(): Promise<Database> {
  const database = new Database(join(await folderWith({}), 'a.db'))
  database.exec('CREATE TABLE t (a, b)')
  return database
}

const codeOf = (call: () => unknown): unknown => {
  try {
    call()
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

describe('an SQLite file, whichever driver this Node has', () => {
  it('keeps text, numbers, bytes and nothing, and never a NUL', async () => {
    const database = await opened()
    expect(
      database.run('INSERT INTO t VALUES (?, ?), (?, ?)', 'ä\u0000', 1.5, null, new Uint8Array([1, 0, 2])),
    ).to.equal(2)
    const [first, second] = database.all('SELECT a, b FROM t')
    expect({ ...first }).to.deep.equal({ a: 'ä\ufffd', b: 1.5 })
    expect(second?.['a']).to.equal(null)
    expect([...new Uint8Array(second?.['b'] as Uint8Array)]).to.deep.equal([1, 0, 2])
    database.close()
  })

  it('names what went wrong as SQLite does: a file that is full, busy or none of its own', async () => {
    const folder = await folderWith({ 'text.db': 'x'.repeat(5000) })
    const foreign = new Database(join(folder, 'text.db'))
    expect(codeOf(() => foreign.get('SELECT * FROM sqlite_master'))).to.equal('SQLITE_NOTADB')
    const database = await opened()
    database.exec('PRAGMA max_page_count = 3')
    expect(codeOf(() => database.run('INSERT INTO t VALUES (?, 1)', 'x'.repeat(100_000)))).to.equal('SQLITE_FULL')
    const busy = join(folder, 'busy.db')
    const [first, second] = [new Database(busy), new Database(busy)]
    first.exec('BEGIN EXCLUSIVE')
    expect(codeOf(() => second.exec('BEGIN EXCLUSIVE'))).to.equal('SQLITE_BUSY')
    first.rollback()
    expect(codeOf(() => second.exec('BEGIN EXCLUSIVE'))).to.equal(undefined)
  })

  it('leaves a transaction without its changes, and where there is none does nothing', async () => {
    const database = await opened()
    database.exec('BEGIN')
    database.run('INSERT INTO t VALUES (1, 2)')
    database.rollback()
    database.rollback()
    expect(database.number('SELECT count(*) FROM t')).to.equal(0)
  })

  it('refuses by name once it is closed, and does not end the process', async () => {
    const database = await opened()
    database.close()
    database.close()
    expect(codeOf(() => database.get('SELECT 1'))).to.equal('STORE_CLOSED')
    expect(codeOf(() => database.exec('BEGIN'))).to.equal('STORE_CLOSED')
    expect(codeOf(() => database.rollback())).to.equal(undefined)
  })
})
