import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import { createNotifications } from '../../../../../core/delivery/engines/redis/notifications.ts'
import { aboutText, callbackRecordOf, pluginsText } from '../../../../../core/delivery/engines/redis/partition/entry.ts'
import type { Consumer } from '../../../../../core/delivery/engines/redis/consume/consumer.ts'
import { Gaps } from '../../../../../core/delivery/engines/redis/append/gaps.ts'
import { readNotification } from '../../../../../core/delivery/engines/redis/partition/notification.ts'
import type { Leases } from '../../../../../core/delivery/engines/redis/lease/leases.ts'
import { Resequencer } from '../../../../../core/delivery/engines/redis/append/resequencer.ts'
import type { Connection, Run } from '../../../../../core/delivery/engines/redis/client/run.ts'
import { PartitionLease } from '../../../../../core/delivery/engines/redis/partition/partition-lease.ts'
import { SEPARATOR } from '../../../../../core/delivery/engines/redis/scripts/lua.ts'
import { callback } from '../../sqlite/run-sqlite.ts'

const odd = { ...callback(1, 'g'), command: 'a b\u001f\u001f', query: 'x=1 2', raw: ' {"群":\n"0 1 2"} ' }
const plain = callback(2, 'g')

/** What an entry says of it. */
const calledOf = ({ id, sdkAppId, command, query, signed, raw, receivedAt }: typeof plain) => {
  return { id, sdkAppId, command, query, signed, raw, receivedAt }
}

const entryText = (n: number, entry: string, plugins: string[], one: typeof plain, key?: string): string => {
  return `${n} ${entry} ${pluginsText(plugins)}${SEPARATOR}${aboutText(one, key)}${one.raw}`
}

describe('what another process has stored', () => {
  it('is published with the whole entry, whatever its texts contain', () => {
    const text = `7 ${entryText(3, '5-0', ['one', 'two'], odd, '1\u0000 群')}${entryText(31, '5-1', ['two'], plain)}`
    const { number, dirty, entries } = readNotification(text)
    expect({ number, dirty }).to.deep.equal({ number: 7, dirty: [] })
    expect(entries.map(({ n, entry, plugins }) => [n, entry, ...plugins])).to.deep.equal([
      [3, '5-0', 'one', 'two'],
      [31, '5-1', 'two'],
    ])
    expect(entries.map(({ stored }) => stored)).to.deep.equal([
      { callback: calledOf(odd), key: '1\u0000 群', maybeResend: false },
      { callback: calledOf(plain), key: undefined, maybeResend: false },
    ])
  })

  it('reads by name in a stream as it is', () => {
    const fields = ['plugins', '', 'about', `1${aboutText(odd, 'k').slice(1)}`, 'raw', odd.raw]
    const { id, sdkAppId, command, receivedAt, query, raw } = odd
    const about = { id, app: `${sdkAppId}`, command, at: `${receivedAt}`, signed: odd.signed ? '1' : '0', key: 'k' }
    expect(callbackRecordOf(fields)).to.deep.equal({ plugins: '', ...about, maybe: '1', query, raw })
  })

  it('is read from the stream if it is older than the lease: a process may have died over it', () => {
    const lease = new PartitionLease('one', { n: 0, fence: '1', at: 9, clean: false })
    const arrival = { callback: calledOf(plain), key: 'g', maybeResend: false, received: undefined }
    for (const entry of ['9-0', '11-0']) lease.buffer({ ...arrival, entry })
    expect([...lease.bufferedEntries]).to.deep.equal(['11-0'])
  })
})

describe('the channel of a process', () => {
  const listening = () => {
    const [client, subscriber, gaps] = [new EventEmitter(), new EventEmitter(), new Gaps()]
    const duplicate = Object.assign(subscriber, { subscribe: async () => undefined, disconnect: () => undefined })
    const seen: string[] = []
    const consumer = {
      plugin: 'one',
      stored: (n: number, { entry }: { entry: string }) => void seen.push(`${n} ${entry}`),
      markDirty: (n: number) => void seen.push(`dirty ${n}`),
      pump: () => undefined,
      reset: () => void seen.push('reset'),
      poll: () => undefined,
    }
    const resequencer = new Resequencer(gaps)
    const notifications = createNotifications({
      connection: { client, prefix: 'p', duplicate: () => duplicate } as unknown as Connection,
      run: (async () => 0) as unknown as Run,
      member: 'm',
      consumers: [consumer as unknown as Consumer],
      leases: { renewSoon: () => undefined, reset: () => void seen.push('leases') } as unknown as Leases,
      resequencer,
      onOtherWriter: () => void seen.push('others'),
      reportBackgroundError: (error) => void seen.push(String(error)),
    })
    notifications.start()
    const say = async (text: string): Promise<void> => {
      subscriber.emit('message', 'p:to:m', text)
      await new Promise(setImmediate)
    }
    return { client, subscriber, gaps, seen, say, resequencer, stop: () => notifications.stop() }
  }

  it('notifies each plugin of its own callbacks', async () => {
    const { seen, say, stop } = listening()
    await say(`1 ${entryText(3, '5-0', ['one', 'two'], plain)}${entryText(4, '6-0', ['two'], plain)}`)
    stop()
    expect(seen).to.deep.equal(['others', '3 5-0'])
  })

  it('reports a gap if a notification has no entry', async () => {
    const { gaps, seen, say, resequencer, stop } = listening()
    resequencer.take(1, () => undefined)
    const before = gaps.count
    await say('2,3,4')
    stop()
    expect(seen).to.deep.equal(['dirty 3', 'dirty 4'])
    expect(gaps.count).to.be.above(before)
  })

  for (const [name, emits] of [
    ['it', ({ subscriber }: ReturnType<typeof listening>) => void subscriber.emit('ready')],
    ['the other connection', ({ client }: ReturnType<typeof listening>) => void client.emit('ready')],
  ] as const) {
    it(`has a gap where ${name} was lost, and so has what comes next`, async () => {
      const channel = listening()
      const { gaps, resequencer, say, stop } = channel
      resequencer.take(1, () => undefined)
      const before = gaps.count
      emits(channel)
      expect(gaps.count).to.equal(before + 1)
      await say(`2 ${entryText(3, '5-0', ['one'], plain)}`)
      stop()
      expect(gaps.count).to.equal(before + 2)
    })
  }

  it('makes leases be read again if it may be another Redis', () => {
    const { client, seen, stop } = listening()
    client.emit('ready')
    stop()
    expect(seen).to.deep.equal(['leases', 'reset'])
  })
})

describe('the sequence numbers of notifications', () => {
  const counted = () => {
    const gaps = new Gaps()
    const resequencer = new Resequencer(gaps)
    const seen: [number, gaps: number][] = []
    const take = (number: number): Promise<void> =>
      new Promise((resolve) => {
        resequencer.take(number, () => {
          seen.push([number, gaps.count])
          resolve()
        })
      })
    return { resequencer, gaps, seen, take }
  }

  it('are taken in their order, however they come', async () => {
    const { seen, take } = counted()
    const [, , , ...rest] = [take(1), take(2), take(4), take(5), take(3)]
    await Promise.all(rest)
    expect(seen).to.deep.equal([1, 2, 3, 4, 5].map((number) => [number, 1]))
  })

  it('show a gap where one is missing, and later notifications still arrive', async () => {
    const { seen, take } = counted()
    void take(1)
    await Promise.all([take(4), take(3), take(6)])
    expect(seen).to.deep.equal([
      [1, 1],
      [3, 2],
      [4, 2],
      [6, 3],
    ])
  })

  it('are a gap where one comes late, or where they begin anew', () => {
    const { seen, take } = counted()
    for (const number of [10, 3, 4]) void take(number)
    expect(seen).to.deep.equal([
      [10, 1],
      [3, 2],
      [4, 2],
    ])
  })

  it('are a gap after a loss, whichever comes next', () => {
    const { resequencer, seen, take } = counted()
    void take(1)
    resequencer.restart()
    for (const number of [2, 3]) void take(number)
    expect(seen).to.deep.equal([
      [1, 1],
      [2, 3],
      [3, 3],
    ])
  })
})
