import { join } from 'node:path'
import { expect } from 'chai'
import { SqliteClient } from '../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { createSqliteStores } from '../../core/store/sqlite/stores.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { describeStore } from './contract.ts'

describeStore('sqlite', async (now) => {
  const link = await SqliteClient.open(join(await folderWith({}), 'timhook.db'))
  stopAfterTest(async () => void (await link.close('clean')))
  return createSqliteStores((name, arg) => link.request(name, arg), now)
})

describe('the store of a plugin, sqlite', () => {
  it('is there after a restart, and refuses by name once it is closed', async () => {
    const file = join(await folderWith({}), 'timhook.db')
    const first = await SqliteClient.open(file)
    const store = createSqliteStores((name, arg) => first.request(name, arg)).of('one')
    await store.set('a', { b: 1 })
    await first.close('clean')
    const closed: unknown = await store.get('a').catch((error: unknown) => error)
    expect(closed).to.include({ code: 'STORE_CLOSED' })
    const second = await SqliteClient.open(file)
    stopAfterTest(async () => void (await second.close('clean')))
    expect(
      await createSqliteStores((name, arg) => second.request(name, arg))
        .of('one')
        .get('a'),
    ).to.deep.equal({ b: 1 })
  })
})
