import { Queue } from '../../core/lib/fifo.ts'
import type { Cell } from './cell.ts'
import type { Work } from './costs.ts'
import type { Simulation } from './simulation.ts'
import { type Cores, NodeThread, type Station } from './station.ts'
import type { Store } from './stores.ts'

/** A callback. `number` is its number in its partition, once it is stored. */
export interface Event {
  readonly key: number
  readonly partition: number
  readonly at: number
  seq: number
  isStarted: boolean
}

/** A partition as stored in the database, and its owner. */
export class Partition {
  owner: Server | undefined
  readonly unread = new Queue<Event>()
  unreadCount = 0
  /** Handed to the owner and not yet settled. */
  readonly inHand = new Set<Event>()
  isReading = false
  tail = 0
  /** The last number of each key that was started. */
  readonly started = new Map<number, number>()
}

const FLUSH = 20_000
const GATHER = 1000
const PAGE = 1000
const CONCURRENCY = 16

interface Accepted {
  readonly event: Event
  readonly answered: () => void
}

/** One process: it receives callbacks, stores them in batches, and calls the handlers of the partitions that it owns. */
export class Server {
  readonly thread: Station
  delivered = 0
  calls = 0
  repeats = 0
  orderViolations = 0
  readonly #simulation: Simulation
  readonly #cell: Cell
  readonly #store: Store
  readonly #partitions: readonly Partition[]
  readonly #lanes: { queue: Accepted[]; isBusy: boolean }[]
  readonly #keys = new Map<number, Queue<Event>>()
  readonly #ready = new Queue<Event>()
  #looking: Partition[] = []
  #running = 0
  #finished: Event[] = []
  #isSettling = false
  #isDead = false
  #others: readonly Server[] = []

  constructor(
    simulation: Simulation,
    cell: Cell,
    { store, partitions, cores }: { store: Store; partitions: readonly Partition[]; cores?: Cores | undefined },
  ) {
    this.#simulation = simulation
    this.#cell = cell
    this.#store = store
    this.#partitions = partitions
    this.thread = new NodeThread(simulation, cores)
    this.#lanes = Array.from({ length: cell.engine.lanes }, () => ({ queue: [], isBusy: false }))
  }

  join(others: readonly Server[]): void {
    this.#others = others.filter((server) => server !== this)
    const { heartbeat, poll } = this.#cell.costs
    // Leases are renewed four times in five seconds; requests are polled four times a second.
    const beat = (every: number, cost: number) => (): void => {
      if (this.#isDead) return
      this.#store.call({ cost, isWrite: every > 1e6, rows: 0, done: () => undefined })
      this.#simulation.after(every, beat(every, cost))
    }
    if (heartbeat > 0) this.#simulation.after(this.#simulation.random() * 1.25e6, beat(1.25e6, heartbeat))
    if (poll > 0) this.#simulation.after(this.#simulation.random() * 250_000, beat(250_000, poll))
  }

  receive(event: Event, answered: () => void): void {
    this.thread.run(this.#cell.receive, () => {
      const n = event.partition % this.#lanes.length
      this.#lanes[n]?.queue.push({ event, answered })
      this.#append(n)
    })
  }

  /** The process ends. What it runs and has not settled is done again elsewhere. */
  die(): void {
    this.#isDead = true
  }

  /** This process now has the lease of a partition. Callbacks that were in progress come first, in order. */
  takeOver(partition: Partition): void {
    partition.owner = this
    partition.isReading = false
    const again = [...partition.inHand].toSorted((a, b) => a.seq - b.seq)
    this.repeats += again.filter(({ isStarted }) => isStarted).length
    for (const event of again) this.#take(event)
    this.look(partition)
  }

  /** Reads the partition, unless a read is in progress: with others that are looked at in the same moment. */
  look(partition: Partition): void {
    if (partition.isReading || partition.unreadCount === 0 || this.#isDead) return
    partition.isReading = true
    if (this.#looking.push(partition) > 1) return
    this.#simulation.after(0, () => {
      const all = this.#looking
      this.#looking = []
      const { pages } = this.#cell.engine
      for (let from = 0; from < all.length; from += pages) this.#read(all.slice(from, from + pages))
    })
  }

  #read(partitions: readonly Partition[]): void {
    const counts = partitions.map(({ unreadCount }) => Math.min(PAGE, unreadCount))
    const rows = counts.reduce((sum, count) => sum + count, 0)
    const { read, page } = this.#cell.costs
    const more = partitions.length - 1
    const clientCall = read.clientCall + more * page.client
    const storeCall = read.storeCall + more * page.store
    this.#call({ ...read, clientCall, storeCall }, rows, { isWrite: false }, () => {
      for (const [at, partition] of partitions.entries()) {
        if (partition.owner !== this) continue
        partition.isReading = false
        for (let n = 0; n < (counts[at] ?? 0); n++) this.#hand(partition, partition.unread.take())
        this.look(partition)
      }
    })
  }

  #append(n: number): void {
    const lane = this.#lanes[n]
    if (!lane || lane.isBusy || lane.queue.length === 0 || this.#isDead) return
    lane.isBusy = true
    const batch = lane.queue.splice(0, this.#cell.engine.batch)
    const locks = batch.map(({ event }) => event.partition)
    this.#call(this.#cell.costs.append, batch.length, { isWrite: true, locks }, () => {
      for (const { event, answered } of batch) this.#stored(event, answered)
      this.#hint()
      const next = (): void => {
        lane.isBusy = false
        this.#append(n)
      }
      const isGathering =
        this.#cell.engine.gathers && this.#others.length > 0 && lane.queue.length < this.#cell.engine.batch
      if (isGathering) this.#simulation.after(GATHER, next)
      else next()
    })
    // Settling goes into the same commit as appending if it is in time for it.
    this.#settle()
  }

  #stored(event: Event, answered: () => void): void {
    const partition = this.#partitions[event.partition]
    if (!partition) return
    event.seq = ++partition.tail
    if (!this.#isDead) answered()
    partition.unread.put(event)
    partition.unreadCount++
    const isNext = partition.unreadCount === 1 && !partition.isReading
    if (partition.owner === this && isNext) this.#hand(partition, partition.unread.take())
    else partition.owner?.look(partition)
  }

  /** Every process is notified of every batch, its own among them. */
  #hint(): void {
    if (this.#others.length === 0) return
    const { hint } = this.#cell.costs
    this.#call(hint, 0, { isWrite: false }, () => undefined)
    for (const other of this.#others) other.thread.debt += hint.clientCall / 2
  }

  #hand(partition: Partition, event: Event | undefined): void {
    if (!event) return
    partition.unreadCount--
    partition.inHand.add(event)
    this.#take(event)
  }

  #take(event: Event): void {
    const waiting = this.#keys.get(event.key)
    if (waiting) waiting.put(event)
    else {
      this.#keys.set(event.key, new Queue())
      this.#ready.put(event)
      this.#run()
    }
  }

  #run(): void {
    const { concurrency = CONCURRENCY, handler = 0 } = this.#cell
    // A handler that takes no time ends before the next one starts.
    const most = handler === 0 && concurrency > 0 ? Infinity : concurrency
    if (this.#running >= most || this.#isDead) return
    const event = this.#ready.take()
    if (!event) return
    this.#running++
    this.thread.run(this.#cell.deliver, () => {
      this.#start(event)
      if (handler === 0) this.#end(event)
      else this.#simulation.after(handler, () => this.#end(event))
    })
    this.#run()
  }

  #start(event: Event): void {
    const started = this.#partitions[event.partition]?.started
    if (!event.isStarted && event.seq < (started?.get(event.key) ?? 0)) this.orderViolations++
    if (!event.isStarted) started?.set(event.key, event.seq)
    event.isStarted = true
  }

  #end(event: Event): void {
    if (this.#isDead) return
    this.#running--
    this.#finished.push(event)
    const next = this.#keys.get(event.key)?.take()
    if (next) this.#ready.put(next)
    else this.#keys.delete(event.key)
    if (this.#finished.length === 1) this.#simulation.after(FLUSH, () => this.#settle())
    this.#run()
  }

  #settle(): void {
    if (this.#isSettling || this.#finished.length === 0 || this.#isDead) return
    this.#isSettling = true
    const finished = this.#finished
    this.#finished = []
    const touched = new Set(finished.map(({ partition }) => partition))
    this.#call(this.#cell.costs.settle, touched.size, { isWrite: true }, () => {
      this.#isSettling = false
      for (const event of finished) if (this.#partitions[event.partition]?.inHand.delete(event)) this.delivered++
      if (this.#finished.length > 0) this.#simulation.after(FLUSH, () => this.#settle())
    })
  }

  #call(
    { clientCall, clientRow, storeCall, storeRow }: Work,
    rows: number,
    how: { isWrite: boolean; locks?: readonly number[] },
    done: () => void,
  ): void {
    this.calls++
    // Half of the work is to ask, half to read the reply. Both need a core.
    const half = (clientCall + rows * clientRow) / 2
    this.thread.run(half, () => {
      this.#store.call({ ...how, rows, cost: storeCall + rows * storeRow, done: () => this.thread.run(half, done) })
    })
  }
}
