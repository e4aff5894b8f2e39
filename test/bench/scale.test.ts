import { expect } from 'chai'
import { type Cell, simulate } from '../../bench/scale/cell.ts'
import { type LogCosts, NO_REST, QUANTILES, type Work } from '../../bench/scale/costs.ts'
import { Simulation } from '../../bench/scale/simulation.ts'
import { Cores, Station } from '../../bench/scale/station.ts'

const free: Work = { clientCall: 0, clientRow: 0, storeCall: 0, storeRow: 0 }
const always = (time: number): LogCosts['commit'] => {
  const all = QUANTILES.map(() => time)
  return { one: all, many: all }
}
const commit = always(1)
const costs: LogCosts = {
  append: free,
  read: free,
  page: { client: 0, store: 0 },
  settle: free,
  hint: free,
  rest: NO_REST,
  heartbeat: 0,
  poll: 0,
  commit,
}
const loop = { isLoop: true, lanes: 1, batch: 1, gathers: false, partitions: 32, pages: 1 }
const sessions = { ...loop, isLoop: false }
const cell: Cell = {
  engine: loop,
  costs,
  receive: 100,
  deliver: 0,
  processes: 1,
  partitions: 32,
  cores: 8,
  rate: 1000,
  seconds: 5,
}

describe('the model of scale', () => {
  it('has the same outcome for the same seed, and another one for another', () => {
    const busy: Cell = {
      ...cell,
      processes: 3,
      handler: 2000,
      costs: { ...costs, commit: { one: QUANTILES.map((share) => 3000 * share), many: [] } },
    }
    const first = simulate({ ...busy, seed: 7 })
    expect(simulate({ ...busy, seed: 7 })).to.deep.equal(first)
    expect(simulate({ ...busy, seed: 8 })).not.to.deep.equal(first)
  })

  it('lets a queue be as long as that of M/D/1', () => {
    for (const load of [0.3, 0.6, 0.8]) {
      const simulation = new Simulation(1)
      const station = new Station(simulation)
      const service = 100
      const times: number[] = []
      const arrive = (): void => {
        const at = simulation.now
        station.run(service, () => times.push(simulation.now - at))
        simulation.after(simulation.exponential(service / load), arrive)
      }
      arrive()
      simulation.runUntil(60_000_000)
      const mean = times.reduce((sum, time) => sum + time, 0) / times.length
      expect(mean / service).to.be.closeTo(1 + load / (2 * (1 - load)), 0.03)
      expect(station.busy / simulation.now).to.be.closeTo(load, 0.01)
    }
  })

  it('gives cores that threads share to each in turn, for a slice', () => {
    const simulation = new Simulation(1)
    const cores = new Cores(simulation, 1)
    const [busy, other] = [new Station(simulation, cores), new Station(simulation, cores)]
    const done: string[] = []
    for (let n = 0; n < 5; n++) busy.run(1500, () => done.push('busy'))
    other.run(10, () => done.push('other'))
    simulation.runUntil(1e6)
    expect(done).to.deep.equal(['busy', 'busy', 'busy', 'other', 'busy', 'busy'])
    expect(cores.busy).to.equal(7510)
  })

  it('lets connections that wait for their answers be answered as fast as the busiest part allows', () => {
    const { rate: _rate, ...thread } = { ...cell, connections: 50, concurrency: 0 }
    // Besides the collection of garbage.
    expect(simulate(thread).perSecond).to.be.closeTo(9400, 100)
    // On hold, so that nothing but appends is committed. One connection waits for each part in turn.
    const slow = { ...costs, append: { ...free, storeCall: 300 }, commit: always(600) }
    expect(simulate({ ...thread, connections: 1, costs: slow }).perSecond).to.be.closeTo(995, 5)
  })

  it('lets callbacks share a commit as far as a batch goes', () => {
    const slow = { ...costs, commit: always(10_000) }
    const { rate: _rate, ...thread } = { ...cell, receive: 0, connections: 200, concurrency: 0 }
    for (const batch of [1, 8]) {
      const { perSecond } = simulate({ ...thread, costs: slow, engine: { ...loop, batch } })
      expect(perSecond).to.be.closeTo(100 * batch, 100 * batch * 0.03)
    }
  })

  it('lets appends to one partition wait for each other, and others go on, where partitions are locked', () => {
    const slow = { ...costs, append: { ...free, storeCall: 1000 } }
    const { rate: _rate, ...locking } = { ...cell, receive: 0, costs: slow, engine: sessions, processes: 8 }
    const one = simulate({ ...locking, connections: 64, partitions: 1 })
    expect(one.perSecond).to.be.closeTo(1000, 20)
    const many = simulate({ ...locking, connections: 64, partitions: 1000, cores: 8 })
    expect(many.perSecond).to.be.above(6500)
  })

  it('lets a backlog grow by what handlers cannot take, and no key be overtaken', () => {
    // 4 handlers of 10 ms take 400 a second of 1000.
    const slow = simulate({ ...cell, handler: 10_000, concurrency: 4, seconds: 10 })
    expect(slow.delivered).to.be.closeTo(4000, 60)
    expect(slow.backlog.at(-1)).to.be.closeTo(6000, 300)
    expect(slow.orderViolations).to.equal(0)
    // One key is one handler, however many there are.
    expect(simulate({ ...cell, handler: 10_000, keys: 1 }).delivered).to.be.closeTo(500, 10)
  })

  it('gives what a dead process had to another after five seconds, in order and without loss', () => {
    const lost = simulate({
      ...cell,
      processes: 2,
      handler: 20_000,
      concurrency: 64,
      seconds: 12,
      lose: { at: 2, processes: 1 },
    })
    expect(lost.orderViolations).to.equal(0)
    // Half of the partitions wait for five seconds.
    expect(Math.max(...lost.backlog)).to.be.closeTo(2500, 200)
    expect(lost.backlog.at(-1)).to.be.below(100)
    expect(lost.repeats).to.be.within(1, 100)
  })
})
