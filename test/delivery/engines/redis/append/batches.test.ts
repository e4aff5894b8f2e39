import { expect } from 'chai'
import { Appender } from '../../../../../core/delivery/engines/redis/append/append-batch.ts'
import { Gaps } from '../../../../../core/delivery/engines/redis/append/gaps.ts'
import { arrivedItem } from '../../../../../core/delivery/engines/redis/consume/item.ts'
import { SettleBatcher } from '../../../../../core/delivery/engines/redis/consume/settle-batcher.ts'
import { Resequencer } from '../../../../../core/delivery/engines/redis/append/resequencer.ts'
import { append } from './append.ts'
import type { Run } from '../../../../../core/delivery/engines/redis/client/run.ts'
import { PartitionLease } from '../../../../../core/delivery/engines/redis/partition/partition-lease.ts'
import { deferred } from '../../../../harness/plugin.ts'
import { callback } from '../../sqlite/run-sqlite.ts'

/** A Redis whose replies are given by hand. */
function byHand() {
  const sent: { args: readonly unknown[]; reply: (value: unknown) => void }[] = []
  let onSent: () => void = () => undefined
  const run = (async (_script, ...args) => {
    const { promise, resolve } = deferred<unknown>()
    sent.push({ args, reply: resolve })
    onSent()
    return promise
  }) as Run
  const whenSent = async (count: number): Promise<void> => {
    while (sent.length < count) await new Promise<void>((resolve) => (onSent = resolve))
  }
  return { sent, run, whenSent }
}

/** Until whatever could be done at once is done; timers wait. */
async function microtasks(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve()
}

describe('a batch of callbacks', () => {
  const appending = async (hasOthers: boolean) => {
    const { sent, run, whenSent } = byHand()
    const gaps = new Gaps()
    const resequencer = new Resequencer(gaps)
    const appender = new Appender({
      run,
      resendWindow: 0,
      member: 'm',
      gaps,
      resequencer,
      afterSending: () => undefined,
    })
    if (hasOthers) appender.seeOtherWriter()
    const put = (name: string): Promise<void> => append(appender, [name])
    const first = put('a')
    await whenSent(1)
    const second = put('b')
    sent[0]?.reply([0, '1-0'])
    await first
    await microtasks()
    return { sent, whenSent, put, second, names: () => sent.map(({ args }) => args.slice(2)) }
  }

  it('takes no more while too much of it waits for Redis', async () => {
    const gaps = new Gaps()
    const resequencer = new Resequencer(gaps)
    const { run } = byHand()
    const appender = new Appender({
      run,
      resendWindow: 0,
      member: 'm',
      gaps,
      resequencer,
      afterSending: () => undefined,
    })
    const who = { stored: () => undefined, failed: () => undefined, entered: () => undefined }
    appender.append([], 64_000_000, who)
    const error: unknown = await append(appender, []).catch((error: unknown) => error)
    expect(error).to.include({ code: 'STORE_UNUSABLE' })
  })

  it('goes out as soon as the one before it is stored', async () => {
    const { names } = await appending(false)
    expect(names()).to.deep.equal([['a'], ['b']])
  })

  it('waits a moment for more where another process stores too', async () => {
    const { names, whenSent, put } = await appending(true)
    expect(names()).to.deep.equal([['a']])
    void put('c')
    await whenSent(2)
    expect(names()).to.deep.equal([['a'], ['b', 'c']])
  })
})

describe('what is done', () => {
  it('is written when it is due, and not because something is written', async () => {
    const { sent, run, whenSent } = byHand()
    const settleBatcher = new SettleBatcher(run, () => undefined)
    const lease = new PartitionLease('one', { n: 0, fence: '1', at: 0, clean: true })
    const finish = (entry: string): void => {
      const about = { entry, callback: callback(1, 'g'), key: 'g', maybeResend: false, received: undefined }
      settleBatcher.done(arrivedItem(lease, about, lease.cursor.add(entry)))
    }
    finish('1-0')
    const flushed = settleBatcher.flush()
    finish('2-0')
    sent[0]?.reply([1])
    await flushed
    expect(sent.length).to.equal(1)
    await whenSent(2)
    expect(sent.map(({ args }) => args[4])).to.deep.equal(['1-0', '2-0'])
    settleBatcher.close()
  })
})
