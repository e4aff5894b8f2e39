import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openSqlite } from '../../core/plugin.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'

const codeOf = (failed: Promise<unknown>): Promise<unknown> => failed.catch((error: { code?: unknown }) => error.code)

describe('openSqlite, for plugins', () => {
  it('runs statements in the order of the calls, with values of every kind', async () => {
    const file = join(await folderWith({}), 'a/b/own.db')
    const handle = await openSqlite(file)
    stopAfterTest(() => handle.close())
    const inserted = [
      handle.exec('create table t (a, b, c, d)'),
      handle.run('insert into t values (?, ?, ?, ?)', [1, 'text \u0000 中', null, 2.5]),
      handle.run('insert into t values (?, ?, ?, ?)', [2, 'b', new Uint8Array([1, 2]), 3]),
    ]
    expect(await handle.all('select a, b, d from t order by a')).to.deep.equal([
      { a: 1, b: 'text \ufffd 中', d: 2.5 },
      { a: 2, b: 'b', d: 3 },
    ])
    expect(await Promise.all(inserted)).to.deep.equal([undefined, 1, 1])
    const bytes = (await handle.all('select c from t where a = 2')).map(({ c }) => [...(c as Uint8Array)])
    expect(bytes).to.deep.equal([[1, 2]])
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).to.equal(0o700)
  })

  it('names errors as SQLite does, and goes on after them', async () => {
    const file = join(await folderWith({}), 'own.db')
    const [one, other] = [await openSqlite(file), await openSqlite(file)]
    stopAfterTest(() => one.close())
    stopAfterTest(() => other.close())
    await other.exec('PRAGMA busy_timeout = 1; BEGIN IMMEDIATE')
    await one.exec('PRAGMA busy_timeout = 1')
    expect(await codeOf(one.exec('create table t (a)'))).to.equal('SQLITE_BUSY')
    await other.exec('ROLLBACK')
    await one.exec('create table t (a)')
    expect(await one.all('select * from t')).to.deep.equal([])
    await one.close()
    expect(await codeOf(one.all('select 1'))).to.equal('STORE_CLOSED')
  })

  it('refuses what is no database, or cannot be made', async () => {
    const folder = await folderWith({ 'text.db': 'no database at all '.repeat(100) })
    expect(await codeOf(openSqlite(join(folder, 'text.db')))).to.equal('STORE_UNUSABLE')
    expect(await codeOf(openSqlite(join(folder, 'text.db/below')))).to.equal('STORE_UNUSABLE')
  })
})
