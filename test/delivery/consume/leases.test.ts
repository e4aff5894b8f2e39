import { expect } from 'chai'
import type { LeaseReply } from '../../../core/delivery/callback-log.ts'
import { Leases } from '../../../core/delivery/consume/leases.ts'
import { SettleBatcher } from '../../../core/delivery/consume/settle-batcher.ts'

const NOTHING: LeaseReply = { taken: [], lost: [], surplus: [], validMs: 60_000 }

describe('leases', () => {
  it('are asked for once more, and never twice at a time, however often they are said to be free', async () => {
    const replies: (() => void)[] = []
    let [calls, underWay, most] = [0, 0, 0]
    const lease = async (): Promise<LeaseReply> => {
      calls++
      most = Math.max(most, ++underWay)
      if (calls > 1) await new Promise<void>((resolve) => void replies.push(resolve))
      underWay--
      return NOTHING
    }
    const settleBatcher = new SettleBatcher({ settle: async () => [] }, () => [])
    const leases = new Leases({ log: { lease }, settleBatcher, consumers: () => [] })
    await leases.start()
    for (let round = 0; round < 3; round++) {
      for (let time = 0; time < 5; time++) leases.freed()
      await new Promise(setImmediate)
      for (const reply of replies.splice(0)) reply()
      await new Promise(setImmediate)
    }
    for (const reply of replies.splice(0)) reply()
    await new Promise(setImmediate)
    expect(most).to.equal(1)
    expect(calls).to.be.within(3, 5)
    const left = leases.leave()
    await new Promise(setImmediate)
    for (const reply of replies.splice(0)) reply()
    await left
  })
})
