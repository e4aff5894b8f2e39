import { expect } from 'chai'
import { entry } from '../../harness/plugin.ts'
import { serve } from '../../harness/server.ts'
import { counted } from '../contract/counted.ts'
import { describeDelivery } from '../contract/engine-contract.ts'
import { describeHolds } from '../contract/holds-contract.ts'
import { describeSearch } from '../contract/search-contract.ts'
import { describeOrder } from '../contract/order-contract.ts'

describeDelivery('memory', async () => ({ engine: 'memory' }))
describeOrder('memory', async () => ({ engine: 'memory' }))
describeHolds('memory', async () => ({ engine: 'memory' }))
describeSearch('memory', async () => ({ engine: 'memory' }))

describe('the engine memory', () => {
  for (const admin of [{ port: 0 }, false] as const) {
    it(`keeps ${admin ? 'a history for the admin listener' : 'no history without an admin listener'}`, async () => {
      const handlers = { 'Group.CallbackAfterGroupFull': async () => undefined }
      const { post, bus, server } = await serve({ admin, plugins: [entry('one', handlers)] })
      const done = counted(bus, 1)
      await post('Group.CallbackAfterGroupFull', { GroupId: '@TGS#1' })
      await done
      const { entries } = await (await server.running.history()).backward({})
      expect(entries).to.have.lengthOf(admin ? 1 : 0)
    })
  }
})
