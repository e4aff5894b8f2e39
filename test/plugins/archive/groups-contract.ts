import { expect } from 'chai'
import { groupConversation } from '../../../plugins/archive/callbacks/targets.ts'
import { migrate } from '../../../plugins/archive/database/migrate.ts'
import { openEngine } from '../../../plugins/archive/database/open.ts'
import { eraseAccount } from '../../../plugins/archive/write/retention.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { APP, GROUP, groupMessage, open, received, rowsOf, T0, write } from './support.ts'

const created = received('Group.CallbackAfterCreateGroup', {
  GroupId: GROUP,
  Type: 'Public',
  Name: 'Books',
  Owner_Account: 'jared',
  EventTime: T0,
})
const renamed = received('Group.CallbackAfterGroupInfoChanged', {
  GroupId: GROUP,
  Type: 'Public',
  Name: 'Good books',
  EventTime: T0 + 1000,
})
const noticed = received('Group.CallbackAfterGroupInfoChanged', {
  GroupId: GROUP,
  Notification: 'be kind',
  EventTime: T0 + 2000,
})
const handed = received('Group.CallbackAfterChangeGroupOwner', {
  GroupId: GROUP,
  OldOwner_Account: 'jared',
  NewOwner_Account: 'jonh',
  EventTime: T0 + 3000,
})
const dissolved = received('Group.CallbackAfterGroupDestroyed', {
  GroupId: GROUP,
  Type: 'Public',
  Name: 'Good books',
  EventTime: T0 + 4000,
})

/** What an archive knows of groups, on every database. */
export function describeGroups(name: string, newUrl: () => Promise<string>): void {
  describe(`archive of groups, ${name}`, () => {
    it('has the latest name, type and owner of each, in whatever order and however often they come', async () => {
      const all = [created, renamed, noticed, handed, dissolved]
      for (const callbacks of [all, all.toReversed(), [...all, ...all]]) {
        const engine = await open(await newUrl())
        for (const callback of callbacks) await write(engine, [callback])
        expect(await engine.db.selectFrom('timhook_groups').selectAll().execute()).to.deep.equal([
          {
            conversation_key: groupConversation(APP, GROUP),
            app: APP,
            group_id: GROUP,
            name: 'Good books',
            name_at: T0 + 4000,
            type: 'Public',
            type_at: T0 + 4000,
            owner: 'jonh',
            owner_at: T0 + 3000,
            created_at: T0,
            dissolved_at: T0 + 4000,
          },
        ])
      }
    })

    it('keeps a name of two changes of one millisecond whichever comes first, and joins with messages', async () => {
      const other = received('Group.CallbackAfterGroupInfoChanged', { GroupId: GROUP, Name: 'B', EventTime: T0 + 1000 })
      for (const callbacks of [
        [other, renamed],
        [renamed, other],
      ]) {
        const engine = await open(await newUrl())
        await write(engine, [...callbacks, groupMessage(1, 'hello')])
        const rows = await engine.db
          .selectFrom('timhook_messages')
          .innerJoin('timhook_groups', 'timhook_groups.conversation_key', 'timhook_messages.conversation_key')
          .select(['text', 'name'])
          .execute()
        expect(rows).to.deep.equal([{ text: 'hello', name: 'Good books' }])
      }
    })

    it('forgets an owner who is erased', async () => {
      const engine = await open(await newUrl())
      await write(engine, [created])
      await eraseAccount(engine, APP, 'jared')
      const [row] = await engine.db.selectFrom('timhook_groups').select(['owner', 'name']).execute()
      expect(row).to.deep.equal({ owner: null, name: 'Books' })
    })

    it('gets a table for them where the version before had none', async () => {
      const url = await newUrl()
      const engine = await openEngine(url)
      stopAfterTest(() => engine.db.destroy())
      await migrate({ ...engine, versions: engine.versions.slice(0, 1) })
      await write(engine, [groupMessage(1, 'kept')])
      const now = await open(url)
      await write(now, [created])
      expect((await rowsOf(now)).map(({ text }) => text)).to.deep.equal(['kept'])
      expect(await now.db.selectFrom('timhook_groups').select('name').execute()).to.deep.equal([{ name: 'Books' }])
    })
  })
}
