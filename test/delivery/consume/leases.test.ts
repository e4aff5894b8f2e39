import { expect } from 'chai'
import type { LeaseReply, LeaseRequest } from '../../../core/delivery/callback-log.ts'
import { Leases } from '../../../core/delivery/consume/leases.ts'
import { Partition } from '../../../core/delivery/consume/partition.ts'
import { SettleBatcher } from '../../../core/delivery/consume/settle-batcher.ts'
import { systemClock } from '../../../core/lib/clock.ts'

const NOTHING: LeaseReply = { taken: [], lost: [], surplus: [], validMs: 60_000 }

describe('leases', () => {
  it('are requested again, and never twice at a time, however often they are announced as free', async () => {
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
    const leases = new Leases({ log: { lease }, settleBatcher, consumers: new Map() })
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

  it('are returned, each of them, though several are given back while a request is under way', async () => {
    const all = [1, 2, 3].map((partition) => ({ plugin: 'one', partition, fence: 1 }))
    const settleBatcher = new SettleBatcher({ settle: async (some) => some.map(() => true) }, () => [])
    const partitions = new Map(
      all.map((lease) => {
        const given = { ...lease, clean: true, cursor: 0, tail: 0, waiting: 0 }
        const unused = { log: { now: () => 0 } as never, clock: systemClock, longestMs: () => 0, room: () => 0 }
        const partition = new Partition(given, { ...unused, settleBatcher, onDue() {}, onMore() {} })
        return [lease.partition, partition] as const
      }),
    )
    const consumer = { plugin: 'one', partitions, drop: (one: Partition) => partitions.delete(one.lease.partition) }
    const returned: number[] = []
    let answer: (reply: LeaseReply) => void = () => undefined
    const asked = async ({ returned: some }: LeaseRequest): Promise<LeaseReply> => {
      returned.push(...some.map(({ partition }) => partition))
      return new Promise((resolve) => (answer = resolve))
    }
    const leases = new Leases({
      log: { lease: asked },
      settleBatcher,
      consumers: new Map([['one', consumer as never]]),
    })
    const started = leases.start()
    answer({ ...NOTHING, surplus: all })
    await started
    // This request is under way before any of them has been written.
    leases.freed()
    for (let round = 0; round < 6; round++) {
      await new Promise(setImmediate)
      leases.freed()
      await new Promise(setImmediate)
      answer(NOTHING)
    }
    expect(new Set(returned)).to.deep.equal(new Set([1, 2, 3]))
    const left = leases.leave()
    await new Promise(setImmediate)
    answer(NOTHING)
    await left
  })
})
