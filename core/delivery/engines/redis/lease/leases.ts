import type { ReportBackgroundError } from '../client/report-background-error.ts'
import type { Consumer } from '../consume/consumer.ts'
import type { SettleBatcher } from '../consume/settle-batcher.ts'
import type { Run } from '../client/run.ts'
import { RELEASE } from '../scripts/release.ts'
import { HEARTBEAT } from '../scripts/tend.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import { reconcileLeases, type HeartbeatReply } from './reconcile-leases.ts'
import type { Validity } from '../consume/validity.ts'

interface LeasesDeps {
  readonly run: Run
  readonly member: string
  readonly partitions: number
  readonly leaseMs: number
  readonly consumers: () => readonly Consumer[]
  readonly settleBatcher: SettleBatcher
  /** Others had given us up, and may have made dead letters of what waited for our plugins. */
  readonly onLapsed: () => Promise<void>
  readonly reportBackgroundError: ReportBackgroundError
}

/** In a lease's time it is renewed so often. */
const RENEWALS = 4

/**
 * Keeps this process among the living, and its share of the partitions leased to it. Its own clock starts before the
 * request is sent, so a lease ends here before Redis gives it to another.
 */
export class Leases implements Validity {
  readonly #deps: LeasesDeps
  #validUntil = -Infinity
  #lastFence = ''
  #timer: NodeJS.Timeout | undefined
  #renewal: Promise<void> | undefined
  #renewAgain = false
  #begun = false
  #hasLapsed = false
  #leaving = false
  #onRenewed: (() => void)[] = []

  constructor(deps: LeasesDeps) {
    this.#deps = deps
  }

  /** Rejects where Redis cannot be reached. */
  async start(): Promise<void> {
    await this.heartbeat()
    this.#timer = setInterval(() => this.renewSoon(), this.#deps.leaseMs / RENEWALS)
  }

  isValid(): boolean {
    return performance.now() < this.#validUntil
  }

  /** The last fence that was given to anybody, as far as we know: while there is no later one, our leases are ours. */
  get lastFence(): string {
    return this.#lastFence
  }

  /** It may be another Redis now. */
  reset(): void {
    this.#lastFence = ''
  }

  renewed(): Promise<void> {
    return new Promise((resolve) => void this.#onRenewed.push(resolve))
  }

  /** Renews now, and once more where something has changed while that was under way. */
  renewSoon(): void {
    if (this.#renewal) this.#renewAgain = true
    else void this.heartbeat().catch(this.#deps.reportBackgroundError)
  }

  /** Renews what is held, and takes what is free. */
  heartbeat(): Promise<void> {
    this.#renewal ??= this.#sendHeartbeat().finally(() => {
      this.#renewal = undefined
      if (!this.#renewAgain) return
      this.#renewAgain = false
      this.renewSoon()
    })
    return this.#renewal
  }

  /** Takes no more, and gives back what is finished; where a handler was interrupted, the way it all ends counts. */
  leave(): void {
    this.#leaving = true
    for (const consumer of this.#deps.consumers())
      for (const lease of consumer.leases.values()) void this.#giveBack(consumer, lease)
    this.renewSoon()
  }

  /**
   * Gives back what is left, and ends.
   * @param isClean whether nothing is under way any more
   */
  async end(isClean: boolean): Promise<void> {
    clearInterval(this.#timer)
    const consumers = this.#deps.consumers()
    const leases = consumers.flatMap((consumer) => [...consumer.leases.values()])
    for (const consumer of consumers) consumer.leases.clear()
    for (const lease of leases) lease.lose()
    this.#resolveRenewed()
    if (leases.length > 0) await this.#release(leases, isClean)
  }

  async #sendHeartbeat(): Promise<void> {
    const { run, member, leaseMs, partitions, consumers, onLapsed } = this.#deps
    const sentAt = performance.now()
    const all = consumers()
    const args = all.flatMap(({ plugin, leases }) => [
      plugin,
      [...leases.values()].map(({ n, fence }) => `${n}=${fence}`).join(','),
    ])
    const [lastFence, ...replies] = await run<[string, ...HeartbeatReply[]]>(
      HEARTBEAT,
      member,
      leaseMs,
      partitions,
      this.#leaving ? 1 : 0,
      ...args,
    )
    this.#hasLapsed ||= this.#begun && replies.some(([lapsed]) => lapsed === 1)
    this.#begun = true
    if (this.#hasLapsed) await onLapsed()
    this.#hasLapsed = false
    this.#lastFence = lastFence
    this.#validUntil = sentAt + leaseMs
    for (const [index, consumer] of all.entries()) {
      for (const lease of reconcileLeases(consumer, replies[index])) void this.#giveBack(consumer, lease)
    }
    this.#resolveRenewed()
    for (const consumer of all) consumer.pump()
  }

  /** Once nothing runs in it any more, and what became of its callbacks is written: so nothing overlaps. */
  async #giveBack({ leases }: Consumer, lease: PartitionLease): Promise<void> {
    lease.close()
    this.#resolveRenewed()
    await lease.idle()
    await this.#deps.settleBatcher.flush()
    if (leases.get(lease.n) !== lease || lease.isInterrupted) return
    leases.delete(lease.n)
    await this.#release([lease], true)
  }

  /** A lease that cannot be given back runs out. */
  async #release(leases: readonly PartitionLease[], isClean: boolean): Promise<void> {
    const args = leases.flatMap(({ plugin, n, fence }) => [plugin, n, fence])
    await this.#deps.run(RELEASE, isClean ? 1 : 0, ...args).catch(() => undefined)
  }

  #resolveRenewed(): void {
    for (const resolve of this.#onRenewed.splice(0)) resolve()
  }
}
