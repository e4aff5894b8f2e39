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
  /** Other processes had counted this one as dead and may have dead-lettered what waited for its plugins. */
  readonly onLapsed: () => Promise<void>
  readonly reportBackgroundError: ReportBackgroundError
}

/** Heartbeats per lease time. */
const RENEWALS = 4

/**
 * Sends heartbeats and holds this process’ leases. The local clock starts before the request is sent, so a lease ends
 * here before Redis gives it to another process.
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

  /** Rejects if Redis cannot be reached. */
  async start(): Promise<void> {
    await this.heartbeat()
    this.#timer = setInterval(() => this.renewSoon(), this.#deps.leaseMs / RENEWALS)
  }

  isValid(): boolean {
    return performance.now() < this.#validUntil
  }

  /**
   * The last fence that Redis gave to any process, as far as this one knows. While no later one exists, its leases are
   * its own.
   */
  get lastFence(): string {
    return this.#lastFence
  }

  /** The connection is new, and it may be another Redis. */
  reset(): void {
    this.#lastFence = ''
  }

  renewed(): Promise<void> {
    return new Promise((resolve) => void this.#onRenewed.push(resolve))
  }

  /** Sends a heartbeat now, and another one if something changes while it is under way. */
  renewSoon(): void {
    if (this.#renewal) this.#renewAgain = true
    else void this.heartbeat().catch(this.#deps.reportBackgroundError)
  }

  /** Renews the leases that are held and takes free ones. */
  heartbeat(): Promise<void> {
    this.#renewal ??= this.#sendHeartbeat().finally(() => {
      this.#renewal = undefined
      if (!this.#renewAgain) return
      this.#renewAgain = false
      this.renewSoon()
    })
    return this.#renewal
  }

  /** Takes no more leases and releases those that are idle. A lease whose handler was interrupted waits for `end`. */
  leave(): void {
    this.#leaving = true
    for (const consumer of this.#deps.consumers())
      for (const lease of consumer.leases.values()) void this.#giveBack(consumer, lease)
    this.renewSoon()
  }

  /**
   * Releases the remaining leases.
   * @param isClean whether no handler is running any more
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

  /** Releases a lease once its handlers have ended and their outcomes are written, so that two owners never overlap. */
  async #giveBack({ leases }: Consumer, lease: PartitionLease): Promise<void> {
    lease.close()
    this.#resolveRenewed()
    await lease.idle()
    await this.#deps.settleBatcher.flush()
    if (leases.get(lease.n) !== lease || lease.isInterrupted) return
    leases.delete(lease.n)
    await this.#release([lease], true)
  }

  /** A lease that cannot be released expires. */
  async #release(leases: readonly PartitionLease[], isClean: boolean): Promise<void> {
    const args = leases.flatMap(({ plugin, n, fence }) => [plugin, n, fence])
    await this.#deps.run(RELEASE, isClean ? 1 : 0, ...args).catch(() => undefined)
  }

  #resolveRenewed(): void {
    for (const resolve of this.#onRenewed.splice(0)) resolve()
  }
}
