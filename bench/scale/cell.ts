import type { EngineShape, LogCosts } from './costs.ts'
import { type Event, Partition, Server } from './server.ts'
import { Simulation } from './simulation.ts'
import { Cores, NodeThread } from './station.ts'
import { LoopStore, SessionStore, type Store } from './stores.ts'

/** One database and the processes that share it. Times are microseconds. */
export interface Cell {
  readonly engine: EngineShape
  readonly costs: LogCosts
  /** Processor time of a process: receiving and answering, and calling a handler. */
  readonly receive: number
  readonly deliver: number
  readonly processes: number
  readonly partitions: number
  /** Cores of the database if each process has its own; otherwise those that all of them and the sender share. */
  readonly cores: number
  readonly isShared?: boolean
  /** Callbacks per second, from a sender that does not wait; or connections that send once they are answered. */
  readonly rate?: number
  readonly connections?: number
  /** Processor time of the sender, if cores are shared. */
  readonly send?: number
  /** How long a handler takes, and how many run in a process. */
  readonly handler?: number
  readonly concurrency?: number
  readonly keys?: number
  readonly seconds: number
  /** At this second, this many processes are gone. */
  readonly lose?: { readonly at: number; readonly processes: number }
  readonly seed?: number
}

export interface Outcome {
  readonly answered: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly delivered: number
  readonly load: Readonly<Record<string, number>>
  /** Processor time for a callback, microseconds. */
  readonly process: number
  readonly store: number
  /** Calls of the log for a callback. */
  readonly calls: number
  /** Callbacks stored but not yet delivered, at the end of each half second. */
  readonly backlog: readonly number[]
  readonly orderViolations: number
  readonly repeats: number
}

const SECOND = 1_000_000
/** A process that has died counts as dead after this time. */
const LEASE = 5 * SECOND
/** The first part of a run is not counted, since queues are still filling. */
const WARM = 0.2

/** Runs a cell for its number of seconds. The same cell always has the same outcome. */
export function simulate(cell: Cell): Outcome {
  const simulation = new Simulation(cell.seed ?? 1)
  const cores = new Cores(simulation, cell.cores)
  const { commit } = cell.costs
  const store: Store = cell.engine.isLoop
    ? new LoopStore(simulation, commit, cell.isShared ? cores : undefined)
    : new SessionStore(simulation, commit, cores, cell.cores)
  const threadCores = cell.isShared ? cores : undefined
  const partitions = Array.from({ length: cell.partitions }, () => new Partition())
  const of = { store, partitions, cores: threadCores }
  const servers = Array.from({ length: cell.processes }, () => new Server(simulation, cell, of))
  let alive = servers
  for (const [n, partition] of partitions.entries()) partition.owner = servers[n % servers.length]
  for (const server of servers) server.join(servers)

  const end = cell.seconds * SECOND
  const from = cell.lose ? 0 : end * WARM
  const latencies: number[] = []
  let answered = 0
  const backlog: number[] = []
  const { keys = 10_000, rate, connections = 0, send = 0 } = cell
  const sender = new NodeThread(simulation, threadCores)
  const half = send / 2
  const arrive = (answeredThen: () => void): void => {
    const key = Math.floor(simulation.random() * keys)
    const event: Event = { key, partition: key % cell.partitions, at: simulation.now, seq: 0, isStarted: false }
    const server = alive[Math.floor(simulation.random() * alive.length)]
    server?.receive(event, () => {
      answered++
      // Whoever sent it needs a core to see the answer.
      sender.run(half, () => {
        if (simulation.now >= from) latencies.push(simulation.now - event.at)
        answeredThen()
      })
    })
  }
  if (rate !== undefined) {
    const arriveAgain = (): void => {
      arrive(() => undefined)
      simulation.after(simulation.exponential(SECOND / rate), arriveAgain)
    }
    arriveAgain()
  }
  const next = (): void => sender.run(half, () => arrive(next))
  for (let n = 0; n < connections; n++) next()

  const sample = (): void => {
    backlog.push(answered - sum(servers.map((server) => server.delivered)))
    simulation.after(SECOND / 2, sample)
  }
  simulation.after(SECOND / 2, sample)
  const { lose } = cell
  if (lose)
    simulation.after(lose.at * SECOND, () => {
      const gone = servers.slice(0, lose.processes)
      alive = servers.slice(lose.processes)
      for (const server of gone) server.die()
      simulation.after(LEASE, () => {
        for (const [n, partition] of partitions.entries())
          if (partition.owner && gone.includes(partition.owner)) alive[n % alive.length]?.takeOver(partition)
      })
    })
  simulation.runUntil(end)

  latencies.sort((a, b) => a - b)
  const quantile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  const threads = Math.max(0, ...servers.map((server) => server.thread.busy / end))
  return {
    answered,
    perSecond: latencies.length / ((end - from) / SECOND),
    p50: quantile(0.5),
    p99: quantile(0.99),
    delivered: sum(servers.map((server) => server.delivered)),
    load: { process: threads, ...prefixed(store.load(end)) },
    process: sum(servers.map((server) => server.thread.busy)) / answered,
    store: store.busy / answered,
    calls: sum(servers.map((server) => server.calls)) / answered,
    backlog,
    orderViolations: sum(servers.map((server) => server.orderViolations)),
    repeats: sum(servers.map((server) => server.repeats)),
  }
}

function prefixed(load: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(load).map(([name, share]) => [`store ${name}`, share]))
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
