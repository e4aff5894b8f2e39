import { expect } from 'chai'
import { createDeliverer } from '../../../core/delivery/attempt/deliverer.ts'
import { Holds } from '../../../core/delivery/attempt/holds.ts'
import { OneAtATime } from '../../../core/delivery/attempt/suspects.ts'
import type { CallbackLog, NewLease, WaitingCallback } from '../../../core/delivery/callback-log.ts'
import { createConsumer } from '../../../core/delivery/consume/consumer.ts'
import { SettleBatcher } from '../../../core/delivery/consume/settle-batcher.ts'
import { systemClock } from '../../../core/lib/clock.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { createRegistry } from '../../../core/registry.ts'
import { deferred, FULL, full } from '../../harness/plugin.ts'
import { pluginOf } from '../engines/sqlite/run-sqlite.ts'

/** More of one key than are prefetched. */
const COUNT = 40

function rowOf(seq: number): WaitingCallback {
  const about = { id: `${seq}`, sdkAppId: 1, command: FULL, receivedAt: 0, signed: true, key: 'hot', query: '' }
  const raw = JSON.stringify(full({ EventTime: seq }))
  return { ...about, seq, raw, maybeResend: false, resends: 0, attempt: 1, dueAt: undefined, tries: 0 }
}

function leaseOf(fence: number): NewLease {
  return { plugin: 'one', partition: 0, fence, clean: true, cursor: 0, tail: COUNT, waiting: COUNT }
}

describe('a plugin to which a partition is given anew', () => {
  it('gets the callbacks of a key that waited there, and in their order', async () => {
    const rows = Array.from({ length: COUNT }, (_, n) => rowOf(n + 1))
    const log: Pick<CallbackLog, 'now' | 'read' | 'readDue' | 'fetch' | 'settle' | 'hold' | 'resendsOf'> = {
      now: () => Date.now(),
      read: async (_lease, after) => ({
        rows: rows.filter(({ seq }) => seq > after),
        lost: 0,
        scanned: COUNT,
        end: true,
      }),
      readDue: async () => ({ rows: [], next: undefined }),
      fetch: async (_lease, seqs) => seqs.map(rowOf),
      settle: async (settlements) => settlements.map(() => true),
      hold: async () => undefined,
      resendsOf: () => 0,
    }
    const [started, released, all] = [deferred(), deferred(), deferred()]
    const seen: number[] = []
    const registry = createRegistry([
      pluginOf(
        'one',
        async (n) => {
          started.resolve()
          await released.promise
          seen.push(n)
          if (n === COUNT) all.resolve()
        },
        {},
      ),
    ])
    const bus = new Bus()
    const consumer = createConsumer({
      plugin: 'one',
      registry,
      bus,
      log: log as CallbackLog,
      deliverer: createDeliverer(registry, bus),
      settleBatcher: new SettleBatcher(log, () => consumer.partitions.values()),
      suspects: new OneAtATime(),
      holds: new Holds({ plugins: new Set(['one']), log, bus, clock: systemClock, onResumed: () => undefined }),
      leases: { isValid: () => true, renewed: async () => undefined },
      maxBacklog: undefined,
      clock: systemClock,
    })
    consumer.take(leaseOf(1))
    await started.promise
    consumer.take(leaseOf(2))
    released.resolve()
    await all.promise
    expect(seen).to.deep.equal([1, ...rows.map(({ seq }) => seq)])
    consumer.close()
    await consumer.idle()
  })
})
