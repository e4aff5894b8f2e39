import type { Ending } from '../../../delivery.ts'
import type { Lease, LeaseReply, LeaseRequest, NewLease } from '../../../callback-log.ts'
import { type Connection, loadScript, runIn } from '../client/run.ts'
import type { Membership } from './membership.ts'

const LEASE = loadScript('lease.lua', import.meta.url)

type Taken = readonly [fence: number, clean: number, cursor: number, tail: number, stored: number, finished: number]
type Reply = 'held' | 'free' | 'other' | Taken

/** What to do with a partition for a plugin; see lease.lua. */
interface Wish {
  readonly n: number
  readonly plugin: string
  readonly wanted: 'renew' | 'take' | Ending
  readonly fence: number | ''
}

interface LeasesDeps {
  readonly connection: Connection
  readonly member: string
  readonly leaseMs: number
  readonly membership: Pick<Membership, 'beat' | 'isAfterOutage'>
  /** Leases were returned. */
  readonly onFreed: () => void
}

/** Takes leases up to a fair share, renews them and returns them. */
export class Leases {
  readonly #deps: LeasesDeps
  /** The leases of this process, by plugin and partition. */
  readonly #held = new Map<string, NewLease>()

  constructor(deps: LeasesDeps) {
    this.#deps = deps
  }

  has(plugin: string, n: number): boolean {
    return this.#held.has(nameOf(plugin, n))
  }

  async lease({ plugins, held, returned, isLeaving }: LeaseRequest, partitions: number): Promise<LeaseReply> {
    const { leaseMs, membership } = this.#deps
    const shares = await membership.beat(isLeaving)
    await this.#giveBack(returned, 'clean')
    const fences = new Map(held.map(({ plugin, partition, fence }) => [nameOf(plugin, partition), fence]))
    const all = Array.from({ length: partitions }, (_, n) => n).flatMap((n) =>
      plugins.map((plugin) => ({
        n,
        plugin,
        wanted: 'renew' as const,
        fence: fences.get(nameOf(plugin, n)) ?? ('' as const),
      })),
    )
    const states = await this.#ask(all)
    const lost = held.filter(({ plugin, partition }) => states.get(nameOf(plugin, partition)) !== 'held')
    for (const { plugin, partition } of lost) this.#held.delete(nameOf(plugin, partition))
    const wishes: Wish[] = []
    const surplus: Lease[] = []
    for (const { plugin, count: most } of shares) {
      const kept = held.filter((lease) => lease.plugin === plugin && !lost.includes(lease))
      const free = all.filter((wish) => wish.plugin === plugin && states.get(nameOf(plugin, wish.n)) === 'free')
      const room = isLeaving ? 0 : Math.max(0, most - kept.length)
      wishes.push(...free.slice(0, room).map((wish) => ({ ...wish, wanted: 'take' as const })))
      if (!isLeaving) surplus.push(...kept.slice(0, Math.max(0, kept.length - most)))
    }
    return { taken: await this.#take(wishes), lost, surplus, validMs: leaseMs }
  }

  /** Returns all leases. Those that cannot be returned expire. */
  async end(ending: Ending): Promise<void> {
    await this.#giveBack([...this.#held.values()], ending).catch(() => undefined)
  }

  async #take(wishes: readonly Wish[]): Promise<NewLease[]> {
    const replies = await this.#ask(wishes)
    const taken = wishes.flatMap(({ plugin, n }): NewLease[] => {
      const reply = replies.get(nameOf(plugin, n))
      if (reply === undefined || typeof reply === 'string') return []
      const [fence, clean, cursor, tail, stored, finished] = reply
      const waiting = Math.max(0, stored - finished)
      return [{ plugin, partition: n, fence, clean: clean === 1, cursor, tail, waiting, stored }]
    })
    for (const lease of taken) this.#held.set(nameOf(lease.plugin, lease.partition), lease)
    return taken
  }

  async #giveBack(leases: readonly Lease[], wanted: Ending): Promise<void> {
    if (leases.length === 0) return
    for (const { plugin, partition } of leases) this.#held.delete(nameOf(plugin, partition))
    await this.#ask(leases.map(({ plugin, partition, fence }) => ({ n: partition, plugin, wanted, fence })))
    this.#deps.onFreed()
  }

  async #ask(wishes: readonly Wish[]): Promise<Map<string, Reply>> {
    const { connection, member, leaseMs, membership } = this.#deps
    const byPartition = new Map<number, Wish[]>()
    for (const wish of wishes) byPartition.set(wish.n, [...(byPartition.get(wish.n) ?? []), wish])
    const replies = new Map<string, Reply>()
    const asked = [...byPartition].map(async ([n, some]) => {
      const args = some.flatMap(({ plugin, wanted, fence }) => [plugin, wanted, fence])
      const answers = await runIn<Reply[]>(connection, [n], LEASE, [
        member,
        leaseMs,
        membership.isAfterOutage ? 1 : 0,
        ...args,
      ])
      for (const [index, { plugin }] of some.entries()) replies.set(nameOf(plugin, n), answers[index] ?? 'other')
    })
    await Promise.all(asked)
    return replies
  }
}

function nameOf(plugin: string, n: number): string {
  return `${n} ${plugin}`
}
