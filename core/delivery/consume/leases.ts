import type { CallbackLog, Lease } from '../callback-log.ts'
import type { Consumer } from './consumer.ts'
import type { Partition } from './partition.ts'
import type { SettleBatcher } from './settle-batcher.ts'

interface LeasesDeps {
  readonly log: Pick<CallbackLog, 'lease'>
  readonly settleBatcher: SettleBatcher
  /** By plugin. */
  readonly consumers: ReadonlyMap<string, Consumer>
}

/** How often a lease is renewed while it is valid. */
const RENEWALS = 4

/**
 * Holds this process's leases. Their time starts to run here before the request is sent, so they expire here before the
 * log gives them to another process. With a single process, one request grants them for good.
 */
export class Leases {
  readonly #deps: LeasesDeps
  #validUntil = -Infinity
  #timer: NodeJS.Timeout | undefined
  #renewal: Promise<void> = Promise.resolve()
  /** The renewal after the one under way. */
  #nextRenewal: Promise<void> | undefined
  #returned: Lease[] = []
  #isLeaving = false
  #onRenewed: (() => void)[] = []

  constructor(deps: LeasesDeps) {
    this.#deps = deps
  }

  /** Rejects if the log cannot be reached. */
  async start(): Promise<void> {
    const validMs = await this.#renew()
    if (validMs === Infinity) return
    this.#timer = setInterval(() => void this.#renewAgain(), validMs / RENEWALS)
    this.#timer.unref()
  }

  /** Whether there is a single process, which has every lease for good. */
  get isForGood(): boolean {
    return this.#validUntil === Infinity
  }

  /** Takes the leases of new plugins, if leases are for good. Calls `replace` once the log knows these plugins. */
  async swap(plugins: readonly string[], replace: () => void): Promise<void> {
    const { log, consumers } = this.#deps
    const held = this.partitions().map(({ lease }) => lease)
    const { taken } = await log.lease({ plugins, held, returned: [], isLeaving: false })
    replace()
    for (const lease of taken) consumers.get(lease.plugin)?.take(lease)
  }

  /** Those that this process has of all plugins. */
  partitions(): Partition[] {
    return [...this.#deps.consumers.values()].flatMap(({ partitions }) => [...partitions.values()])
  }

  isValid(): boolean {
    return this.#validUntil === Infinity || performance.now() < this.#validUntil
  }

  /** Asks for leases that other processes have returned. */
  freed(): void {
    if (this.#timer && !this.#isLeaving) void this.#renewAgain()
  }

  /** Resolves when the leases are valid again, or lost. */
  renewed(): Promise<void> {
    return new Promise((resolve) => void this.#onRenewed.push(resolve))
  }

  /** Takes no more leases, and returns those whose handlers have ended. The engine returns the rest. */
  async leave(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#validUntil === Infinity) return
    this.#isLeaving = true
    const idle = this.partitions().filter(({ running }) => running.count === 0)
    this.#returned.push(...idle.map(({ lease }) => lease))
    for (const partition of idle) this.#drop(partition)
    await this.#renewAgain()
    this.#resolveRenewed()
  }

  /** Renews now, or after the renewal under way: never two at a time, because they would take leases from each other. */
  #renewAgain(): Promise<void> {
    this.#nextRenewal ??= this.#renewal.then(() => {
      this.#nextRenewal = undefined
      this.#renewal = this.#renew().then(
        () => undefined,
        () => undefined,
      )
      return this.#renewal
    })
    return this.#nextRenewal
  }

  async #renew(): Promise<number> {
    const { log, consumers } = this.#deps
    const sentAt = performance.now()
    // A copy: leases returned while the request is under way go with the next one.
    const returned = [...this.#returned]
    const isOpen = ({ isHeld }: Partition): number => (isHeld ? 1 : 0)
    const held = this.partitions().toSorted((a, b) => isOpen(a) - isOpen(b) || a.running.count - b.running.count)
    const reply = await log.lease({
      plugins: [...consumers.keys()],
      held: held.map(({ lease }) => lease),
      returned,
      isLeaving: this.#isLeaving,
    })
    this.#returned = this.#returned.filter((lease) => !returned.includes(lease))
    this.#validUntil = sentAt + reply.validMs
    for (const lease of reply.lost) this.#drop(this.#find(lease))
    for (const lease of reply.taken) consumers.get(lease.plugin)?.take(lease)
    for (const lease of reply.surplus) void this.#giveBack(this.#find(lease))
    this.#resolveRenewed()
    return reply.validMs
  }

  /** Returns a lease once its handlers have ended and their outcomes are written, so that two owners never overlap. */
  async #giveBack(partition: Partition | undefined): Promise<void> {
    if (!partition?.isHeld) return
    partition.close()
    await partition.running.idle()
    // Repeat it until it is written, because the next owner starts from there.
    const { lease } = partition
    const isWritten = await this.#deps.settleBatcher.enqueueDurably(partition, ['cursor', lease.cursor])
    if (!isWritten || partition.isLost) return
    this.#drop(partition)
    this.#returned.push(lease)
    await this.#renewAgain()
  }

  #find({ plugin, partition, fence }: Lease): Partition | undefined {
    const found = this.#deps.consumers.get(plugin)?.partitions.get(partition)
    return found?.lease.fence === fence ? found : undefined
  }

  #drop(partition: Partition | undefined): void {
    if (partition) this.#deps.consumers.get(partition.lease.plugin)?.drop(partition)
  }

  #resolveRenewed(): void {
    for (const resolve of this.#onRenewed.splice(0)) resolve()
  }
}
