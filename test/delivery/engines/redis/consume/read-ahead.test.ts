import { expect } from 'chai'
import type { Arrival } from '../../../../../core/delivery/engines/redis/partition/arrival.ts'
import { Gaps } from '../../../../../core/delivery/engines/redis/append/gaps.ts'
import { ReadAhead } from '../../../../../core/delivery/engines/redis/consume/read-ahead.ts'
import type { Item, TakenPart } from '../../../../../core/delivery/engines/redis/consume/item.ts'
import { SettleBatcher } from '../../../../../core/delivery/engines/redis/consume/settle-batcher.ts'
import type { Run } from '../../../../../core/delivery/engines/redis/client/run.ts'
import { PartitionLease } from '../../../../../core/delivery/engines/redis/partition/partition-lease.ts'
import { deferred } from '../../../../harness/plugin.ts'

const forever = (): Promise<never> => new Promise(() => undefined)

/** A ReadAhead whose reads the test answers, and a SettleBatcher whose writes `settle` answers. */
function createReadAhead(settle: Run = forever) {
  const reads: { asked: () => void; answer: (part: TakenPart) => void; sent: Promise<void> }[] = []
  const read = () => {
    const sent = deferred()
    const reply = deferred<TakenPart[]>()
    reads.push({ asked: sent.resolve, answer: (part) => reply.resolve([part]), sent: sent.promise })
    return reply.promise
  }
  const replies = [read(), read(), read()]
  let count = 0
  const run = (async () => {
    reads[count]?.asked()
    return replies[count++] ?? forever()
  }) as Run
  const lease = new PartitionLease('one', { n: 0, fence: '1', at: 0, clean: true })
  const seen: string[] = []
  const items: Item[] = []
  const settleBatcher = new SettleBatcher(settle, () => undefined)
  let isBroken = false
  const subject = new ReadAhead({
    plugin: 'one',
    run,
    settleBatcher,
    gaps: new Gaps(),
    maxBacklog: undefined,
    longestDelayMs: 60_000,
    leases: new Map([[0, lease]]),
    room: () => 100,
    mayTake: () => true,
    reportBackgroundError: (error) => void seen.push(String(error)),
    onItem: (item) => {
      if (isBroken) throw new Error('broken')
      seen.push(item.entry)
      items.push(item)
    },
    onOver: () => undefined,
  })
  const arrive = (entry: string): void => {
    const about = { id: entry, sdkAppId: 1, command: '', query: '', signed: false, raw: '', receivedAt: 0 }
    const arrival: Arrival = { entry, callback: about, key: 'g', maybeResend: false, received: undefined }
    subject.arrived(lease, arrival)
    subject.pump()
  }
  return { subject, lease, seen, items, settleBatcher, arrive, reads, break: (is: boolean) => void (isBroken = is) }
}

const upTo = (tail: string, ...entries: TakenPart[7]): TakenPart => ['0', 1, 0, '>', tail, -1, [], entries]
const taken = (entry: string, origin: 'new' | 'due'): TakenPart[7][number] => {
  return [entry, '2', 0, '0', '0', origin, `0 ${entry} 1 0 0 0 1 0 0 g`, '']
}
const turns = async (): Promise<void> => {
  for (let n = 0; n < 3; n++) await new Promise(setImmediate)
}

describe('what a process stores while it reads', () => {
  it('is read once more where the read did not come to it, and nothing is handed over ahead of it', async () => {
    const { subject, seen, arrive, reads } = createReadAhead()
    subject.pump()
    arrive('5-0')
    reads[0]?.answer(upTo('4-0'))
    await turns()
    arrive('6-0')
    expect(seen).to.deep.equal([])
    await reads[1]?.sent
    reads[1]?.answer(upTo('6-0', '5-0', '6-0'))
    await turns()
    arrive('7-0')
    expect(seen).to.deep.equal(['5-0', '6-0', '7-0'])
  })

  it('is delivered once if its notification comes after the read that brought it', async () => {
    const { subject, seen, arrive, reads } = createReadAhead()
    subject.pump()
    arrive('5-0')
    reads[0]?.answer(upTo('5-0', '5-0'))
    await turns()
    arrive('5-0')
    arrive('6-0')
    expect(seen).to.deep.equal(['5-0', '6-0'])
  })

  it('does not hold up what comes behind one that could not be handed over', async () => {
    const { subject, lease, seen, arrive, reads, break: breakIt } = createReadAhead()
    breakIt(true)
    subject.pump()
    reads[0]?.answer(upTo('7-0', taken('5-0', 'new'), taken('6-0', 'new'), taken('7-0', 'new')))
    await turns()
    breakIt(false)
    expect(lease.tail).to.equal('')
    arrive('8-0')
    await reads[1]?.sent
    reads[1]?.answer(upTo('8-0', taken('5-0', 'new'), taken('6-0', 'new'), taken('7-0', 'new'), '8-0'))
    await turns()
    // The first one may be under way.
    expect(seen).to.deep.equal(['Error: broken', '6-0', '7-0', '8-0'])
    expect(lease.cursor.takeAckRange(lease.cursor.add('9-0'))?.claimed.map(({ entry }) => entry)).to.deep.equal([
      '5-0',
      '6-0',
      '7-0',
      '8-0',
      '9-0',
    ])
  })
})

describe('what is written while a process reads', () => {
  /** One that was handed over from memory is under way, and everything is read again. */
  const reading = async () => {
    const parts = createReadAhead(async <T>() => [1, 1] as T)
    const { subject, lease, arrive, reads } = parts
    subject.pump()
    reads[0]?.answer(upTo('4-0'))
    await turns()
    arrive('5-0')
    lease.reset()
    subject.pump()
    await reads[1]?.sent
    const [item] = parts.items
    if (!item) throw new Error('nothing was handed over')
    return { ...parts, item }
  }

  it('does not have what is done meanwhile be given once more', async () => {
    const { seen, item, settleBatcher, arrive, reads } = await reading()
    settleBatcher.done(item)
    const isWritten = settleBatcher.flush()
    reads[1]?.answer(upTo('5-0', taken('5-0', 'new')))
    await isWritten
    await turns()
    arrive('6-0')
    expect(seen).to.deep.equal(['5-0', '6-0'])
  })

  it('has a retry be given that was read after it was written', async () => {
    const { seen, lease, item, settleBatcher, reads } = await reading()
    settleBatcher.enqueue(item, ['retry', 2, 1], () => lease.forget(item.entry))
    await settleBatcher.flush()
    reads[1]?.answer(upTo('5-0', taken('5-0', 'due')))
    await turns()
    expect(seen).to.deep.equal(['5-0', '5-0'])
  })

  it('does not have a retry be forgotten that the read may not have seen', async () => {
    const { subject, lease, reads } = await reading()
    subject.wake(lease, performance.now() + 5)
    reads[1]?.answer(upTo('5-0'))
    await turns()
    await reads[2]?.sent
  })

  it('reads the position of the group again once that has passed what was read', async () => {
    const { subject, lease, items, arrive, settleBatcher, reads } = await reading()
    reads[1]?.answer(upTo('5-0'))
    await turns()
    arrive('6-0')
    lease.reset()
    subject.pump()
    await reads[2]?.sent
    for (const item of items) settleBatcher.done(item)
    await settleBatcher.flush()
    reads[2]?.answer(['0', 1, 1, '>', '4-0', -1, [], []])
    await turns()
    expect(lease.tail).to.equal('')
  })
})
