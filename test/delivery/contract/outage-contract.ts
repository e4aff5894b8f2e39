import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { Bus } from '../../../core/observe/bus.ts'
import { startGate } from '../../harness/gate.ts'
import { deferred } from '../../harness/plugin.ts'
import { eventsOf } from '../../harness/server.ts'
import type { Handle } from '../engines/sqlite/run-sqlite.ts'
import { until } from './histories.ts'

interface Run {
  readonly bus: Bus
  readonly accept: (n: number, group?: string) => Promise<void>
}

interface Place {
  /** Of the database. */
  readonly port: number
  /** Runs a process that reaches the database through this port. */
  readonly run: (port: number, handlers: Record<string, Handle>, more: Readonly<typeof settings>) => Promise<Run>
  /** Changes with each heartbeat of a process. */
  readonly heartbeats: () => Promise<string>
  /** How many callbacks wait for the plugin `one`. */
  readonly waiting: () => Promise<number>
}

const COUNT = 64
/** So long that a process renews in time on a busy machine, too. */
const leaseMs = 6000
const settings = { pace: { leaseMs }, pool: { concurrency: COUNT }, timeoutMs: 600_000 }

/** What an outage does to leases, on engines for several processes. */
export function describeOutage(engine: string, place: () => Promise<Place>): void {
  describe(`an outage longer than a lease, on the engine ${engine}`, () => {
    it('leaves each process its leases, so that no handler runs twice whichever comes back first', async () => {
      const { port, run, heartbeats, waiting } = await place()
      const started = deferred()
      const release = deferred()
      const calls: number[] = []
      let ended = 0
      const handle = async (n: number): Promise<void> => {
        if (n < 0) return
        calls.push(n)
        if (calls.length === COUNT) started.resolve()
        await release.promise
        ended++
      }
      const gates = [await startGate(port), await startGate(port)]
      const runs: Run[] = []
      for (const gate of gates) runs.push(await run(gate.port, { one: handle }, settings))
      const accept = async (n: number): Promise<void> => runs[0]?.accept(n, `g${n}`)
      const done = runs.map(({ bus }) => eventsOf(bus, 'handler:done'))
      // Both have some of the partitions before the work begins.
      for (let n = -1; done.some(({ length }) => length === 0); n--) await accept(n)
      await Promise.all(Array.from({ length: COUNT }, (_, n) => accept(n)))
      await started.promise
      for (const gate of gates) gate.close()
      release.resolve()
      await until(
        async () => ended,
        (count) => count === COUNT,
      )
      await delay(leaseMs + 500)
      const [later, sooner] = gates
      sooner?.open()
      // By its second heartbeat it could have taken leases.
      for (let beat = 0; beat < 2; beat++) {
        const before = await heartbeats()
        await until(heartbeats, (now) => now !== before)
      }
      later?.open()
      await until(waiting, (count) => count === 0)
      expect(calls.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: COUNT }, (_, n) => n))
    })
  })
}
