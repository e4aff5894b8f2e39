import type { Ending } from '../../../delivery.ts'
import type { Lease, LeaseReply, LeaseRequest, NewLease } from '../../../callback-log.ts'
import { loadScript, runIn } from '../client/run.ts'
import type { Membership, MemberDeps } from './membership.ts'

const LEASE = loadScript('lease.lua', import.meta.url)
const RETURN = loadScript('return.lua', import.meta.url)

type Taken = readonly [fence: number, clean: number, cursor: number, tail: number, stored: number, finished: number]
type Reply = 'held' | 'other' | Taken

/** Takes leases up to a fair share, renews them and returns them. */
export class Leases {
  readonly #deps: MemberDeps
  readonly #membership: Membership
  /** The leases of this process, by plugin and partition. */
  readonly #held = new Map<string, Lease>()

  constructor(deps: MemberDeps, membership: Membership) {
    this.#deps = deps
    this.#membership = membership
  }

  has(plugin: string, n: number): boolean {
    return this.#held.has(nameOf(plugin, n))
  }

  async lease({ held, returned, isLeaving }: LeaseRequest): Promise<LeaseReply> {
    const shares = await this.#membership.beat(isLeaving)
    await this.#giveBack(returned, 'clean')
    const lost: Lease[] = []
    const surplus: Lease[] = []
    const taken: NewLease[] = []
    const asked = shares.map(async ({ plugin, count }) => {
      const theirs = held.filter((lease) => lease.plugin === plugin)
      const replies = await this.#ask(plugin, theirs, isLeaving ? 0 : count)
      const kept = theirs.filter(({ partition }) => replies[partition] === 'held')
      lost.push(...theirs.filter((lease) => !kept.includes(lease)))
      if (!isLeaving) surplus.push(...kept.slice(0, Math.max(0, kept.length - count)))
      taken.push(...replies.flatMap((reply, n) => (typeof reply === 'string' ? [] : leaseOf(plugin, n, reply))))
    })
    await Promise.all(asked)
    for (const { plugin, partition } of lost) this.#held.delete(nameOf(plugin, partition))
    for (const lease of taken) this.#held.set(nameOf(lease.plugin, lease.partition), lease)
    return { taken, lost, surplus, validMs: this.#deps.leaseMs }
  }

  /** Returns all leases. Those that cannot be returned expire. */
  async end(ending: Ending): Promise<void> {
    await this.#giveBack([...this.#held.values()], ending).catch(() => undefined)
  }

  /** Renews the leases of a plugin, and takes more until it has `most`. Returns the reply for each partition. */
  #ask(plugin: string, held: readonly Lease[], most: number): Promise<Reply[]> {
    const { connection, member, leaseMs, partitions } = this.#deps
    const fences = Array<number | ''>(partitions()).fill('')
    for (const { partition, fence } of held) fences[partition] = fence
    const args = [member, leaseMs, this.#membership.isAfterOutage ? 1 : 0, plugin, most, ...fences]
    return runIn(connection, [...fences.keys()], LEASE, args)
  }

  async #giveBack(leases: readonly Lease[], ending: Ending): Promise<void> {
    if (leases.length === 0) return
    const { connection, member, onFreed } = this.#deps
    for (const { plugin, partition } of leases) this.#held.delete(nameOf(plugin, partition))
    const partitions = leases.map(({ partition }) => partition)
    const args = leases.flatMap(({ plugin, fence }) => [plugin, fence])
    await runIn(connection, partitions, RETURN, [member, ending, ...args])
    onFreed()
  }
}

function leaseOf(plugin: string, partition: number, reply: Taken): NewLease {
  const [fence, clean, cursor, tail, stored, finished] = reply
  const waiting = Math.max(0, stored - finished)
  return { plugin, partition, fence, clean: clean === 1, cursor, tail, waiting, stored }
}

function nameOf(plugin: string, n: number): string {
  return `${n} ${plugin}`
}
