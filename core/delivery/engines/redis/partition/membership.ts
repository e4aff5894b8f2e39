import { runScript } from '../../../../store/redis/script.ts'
import { type Connection, loadScript, runIn } from '../client/run.ts'

const MEMBERS = loadScript('members.lua', import.meta.url)
const OPEN = loadScript('open.lua', import.meta.url)

/** This process, for its heartbeat and its leases. */
export interface MemberDeps {
  readonly connection: Connection
  readonly member: string
  readonly leaseMs: number
  readonly plugins: readonly string[]
  readonly partitions: () => number
  /** Leases were returned; or this process had not counted as alive, and the others have more than their share now. */
  readonly onFreed: () => void
}

type Reply = [at: number, hasCome: number, isAfterOutage: number, counts: [members: number, rank: number][]]

/**
 * Reports that this process is alive, and with which plugins. If the others have counted it as dead, or if the Redis is a
 * different one, sets up its plugins again before anything is stored.
 */
export class Membership {
  readonly #deps: MemberDeps
  #validUntil = -Infinity
  #entering: Promise<unknown> | undefined
  /** Connections so far, and the one on which the plugins were set up. */
  #connections = 0
  #openedOn = -1
  /** The clock of Redis, less the one of `performance.now()`. */
  #offsetMs = 0
  members = 1
  /** Whether leases that have expired stay with their processes, as of the last heartbeat. */
  isAfterOutage = false

  constructor(deps: MemberDeps) {
    this.#deps = deps
  }

  now(): number {
    return Math.round(performance.now() + this.#offsetMs)
  }

  /** The connection is new, and may lead to another Redis. */
  reset(): void {
    this.#validUntil = -Infinity
    this.#connections++
  }

  /** Undefined if callbacks may be stored; else resolves when they may. */
  ready(): Promise<unknown> | undefined {
    if (performance.now() < this.#validUntil) return undefined
    this.#entering ??= this.beat(false).finally(() => (this.#entering = undefined))
    return this.#entering
  }

  /** Sends a heartbeat. Resolves with how many partitions of each plugin are this process's share. */
  async beat(isLeaving: boolean): Promise<{ plugin: string; count: number }[]> {
    const { connection, member, leaseMs, plugins, partitions, onFreed } = this.#deps
    const sentAt = performance.now()
    const reply = await runScript<Reply>(
      connection,
      MEMBERS,
      [connection.prefix],
      [member, leaseMs, isLeaving ? 1 : 0, ...plugins],
    )
    const [at, hasCome, isAfterOutage, counts] = reply
    this.isAfterOutage = isAfterOutage === 1
    this.#offsetMs = at - (sentAt + performance.now()) / 2
    if (hasCome === 1 || this.#openedOn !== this.#connections) await this.#open()
    this.#validUntil = sentAt + leaseMs
    if (hasCome === 1) onFreed()
    this.members = Math.max(1, ...counts.map(([members]) => members))
    return plugins.map((plugin, index) => {
      const [members, rank] = counts[index] ?? [1, 0]
      const most = Math.max(1, members)
      return { plugin, count: Math.floor(partitions() / most) + (rank < partitions() % most ? 1 : 0) }
    })
  }

  async #open(): Promise<void> {
    const { connection, plugins, partitions } = this.#deps
    const openedOn = this.#connections
    const info = await connection.client.info()
    const [, redis = ''] = /^run_id:(\S+)/m.exec(info) ?? []
    await runIn(connection, [...Array(partitions()).keys()], OPEN, [redis, ...plugins])
    this.#openedOn = openedOn
  }
}
