import type { Complain } from '../client/report-background-error.ts'
import type { Consumer } from '../consume/consumer.ts'
import type { SettleBatcher } from '../consume/settle-batcher.ts'
import type { Run } from '../client/run.ts'
import { RELEASE } from '../scripts/release.ts'
import { TEND } from '../scripts/tend.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import { syncShares, type Tended } from './reconcile-leases.ts'
import type { Validity } from '../consume/validity.ts'

interface Parts {
  readonly run: Run
  readonly member: string
  readonly partitions: number
  readonly leaseMs: number
  readonly feeds: () => readonly Consumer[]
  readonly ledger: SettleBatcher
  /** Others had given us up, and may have made dead letters of what waited for our plugins. */
  readonly onLapsed: () => Promise<void>
  readonly complain: Complain
}

/** In a lease's time it is renewed so often. */
const RENEWALS = 4

/**
 * Keeps this process among the living, and its share of the partitions leased to it. Its own clock starts before the
 * request is sent, so a lease ends here before Redis gives it to another.
 */
export class Leases implements Validity {
  readonly #parts: Parts
  #validUntil = -Infinity
  #lastFence = ''
  #timer: NodeJS.Timeout | undefined
  #tending: Promise<void> | undefined
  #again = false
  #begun = false
  #hasLapsed = false
  #leaving = false
  #onRenewed: (() => void)[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Rejects where Redis cannot be reached. */
  async start(): Promise<void> {
    await this.tend()
    this.#timer = setInterval(() => this.renewSoon(), this.#parts.leaseMs / RENEWALS)
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
    if (this.#tending) this.#again = true
    else void this.tend().catch(this.#parts.complain)
  }

  /** Renews what is held, and takes what is free. */
  tend(): Promise<void> {
    this.#tending ??= this.#tend().finally(() => {
      this.#tending = undefined
      if (!this.#again) return
      this.#again = false
      this.renewSoon()
    })
    return this.#tending
  }

  /** Takes no more, and gives back what is finished; where a handler was interrupted, the way it all ends counts. */
  leave(): void {
    this.#leaving = true
    for (const feed of this.#parts.feeds()) for (const share of feed.shares.values()) void this.#giveBack(feed, share)
    this.renewSoon()
  }

  /**
   * Gives back what is left, and ends.
   * @param isClean whether nothing is under way any more
   */
  async end(isClean: boolean): Promise<void> {
    clearInterval(this.#timer)
    const feeds = this.#parts.feeds()
    const shares = feeds.flatMap((feed) => [...feed.shares.values()])
    for (const feed of feeds) feed.shares.clear()
    for (const share of shares) share.lose()
    this.#wake()
    if (shares.length > 0) await this.#release(shares, isClean)
  }

  async #tend(): Promise<void> {
    const { run, member, leaseMs, partitions, feeds, onLapsed } = this.#parts
    const sentAt = performance.now()
    const all = feeds()
    const args = all.flatMap(({ plugin, shares }) => [
      plugin,
      [...shares.values()].map(({ n, fence }) => `${n}=${fence}`).join(','),
    ])
    const [lastFence, ...replies] = await run<[string, ...Tended[]]>(
      TEND,
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
    for (const [index, feed] of all.entries()) {
      for (const share of syncShares(feed, replies[index])) void this.#giveBack(feed, share)
    }
    this.#wake()
    for (const feed of all) feed.pump()
  }

  /** Once nothing runs in it any more, and what became of its callbacks is written: so nothing overlaps. */
  async #giveBack({ shares }: Consumer, share: PartitionLease): Promise<void> {
    share.close()
    this.#wake()
    await share.idle()
    await this.#parts.ledger.flush()
    if (shares.get(share.n) !== share || share.isInterrupted) return
    shares.delete(share.n)
    await this.#release([share], true)
  }

  /** A lease that cannot be given back runs out. */
  async #release(shares: readonly PartitionLease[], isClean: boolean): Promise<void> {
    const args = shares.flatMap(({ plugin, n, fence }) => [plugin, n, fence])
    await this.#parts.run(RELEASE, isClean ? 1 : 0, ...args).catch(() => undefined)
  }

  #wake(): void {
    for (const resolve of this.#onRenewed.splice(0)) resolve()
  }
}
