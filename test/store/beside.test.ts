import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openStores } from '../../core/delivery/engines/open-stores.ts'
import { SqliteClient } from '../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { createSqliteStores } from '../../core/store/sqlite/stores.ts'
import type { Stores } from '../../core/store/store.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { describeStore } from './contract.ts'

const settings = { resendWindow: 0, retention: { age: 1, size: 1, deadLetters: 1 } }

async function beside(file: string, now?: () => number): Promise<Stores> {
  const opened = await openStores({ engine: 'sqlite', sqlite: { file }, ...settings }, { ...(now && { now }) })
  stopAfterTest(() => opened.close())
  return opened.stores
}

async function server(): Promise<{ file: string; stores: Stores }> {
  const file = join(await folderWith({}), 'timhook.db')
  const link = await SqliteClient.open(file)
  stopAfterTest(async () => void (await link.close('clean')))
  return { file, stores: createSqliteStores((name, arg) => link.request(name, arg)) }
}

describeStore('sqlite, from another process than the server', async (now) => beside((await server()).file, now))

describe('the store of a plugin, from another process than the server', () => {
  it('is the one that the server works with, and no change of either is lost', async () => {
    const { file, stores } = await server()
    const [ours, theirs] = [stores.of('one'), (await beside(file)).of('one')]
    const add = (value: unknown): number => ((value as number | undefined) ?? 0) + 1
    const both = Array.from({ length: 50 }, () => [ours.update('n', add), theirs.update('n', add)])
    await Promise.all(both.flat())
    expect([await ours.get('n'), await theirs.get('n')]).to.deep.equal([100, 100])
    expect(await ours.lease('l', 60_000)).to.include({ fence: 1 })
    expect(await theirs.lease('l', 60_000)).to.equal(undefined)
  })

  it('is empty, and cannot be written to, where there is no file, and none is made', async () => {
    const file = join(await folderWith({}), 'timhook.db')
    const store = (await beside(file)).of('one')
    expect([await store.get('a'), await store.list(''), await store.records('k')]).to.deep.equal([undefined, [], []])
    const refused: unknown = await store.record('k', 1).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'STORE_UNUSABLE' })
    expect(existsSync(file)).to.equal(false)
  })

  it('is refused for the engine memory, which no other process sees', async () => {
    const refused: unknown = await openStores({ engine: 'memory', sqlite: { file: 'x' }, ...settings }).catch(
      (error: unknown) => error,
    )
    expect(refused).to.include({ code: 'STORE_NOT_SHARED' })
  })
})
