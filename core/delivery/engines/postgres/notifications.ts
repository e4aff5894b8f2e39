import type { PostgresClient } from '../../../store/postgres/client.ts'
import { sql } from '../../../store/postgres/sql.ts'
import { TAILS } from './sql/read.ts'

const NOTIFY = sql('notify', 'SELECT pg_notify($1, $2)')
/** How often to check the ends of the partitions: a notification may be lost, and poolers pass none on. */
const POLL_MS = 1000
const POOLED_POLL_MS = 100

interface NotificationsDeps {
  readonly postgres: PostgresClient
  readonly schema: string
  /** This process. */
  readonly member: string
  /** There may be something new: in one partition, or anywhere. */
  readonly onNotified: (partition?: number) => void
}

/** Notifies other processes of new callbacks, and listens to them. Only hints: callbacks are found by reading. */
export class Notifications {
  readonly #deps: NotificationsDeps
  readonly #channel: string
  /** The last number of each partition that this process knows of. */
  readonly #tails: number[] = []
  /** Of which partitions to notify; undefined is all. */
  #waiting = new Set<number | undefined>()
  #isSending = false
  #isPolling = false
  #timer: NodeJS.Timeout | undefined

  constructor(deps: NotificationsDeps) {
    this.#deps = deps
    this.#channel = `timhook_${deps.schema}`
  }

  start(): void {
    const { postgres, member, onNotified } = this.#deps
    postgres.listen(this.#channel, (payload) => {
      const [sender, list = ''] = payload?.split(' ') ?? []
      if (sender === member) return
      if (list === '') onNotified()
      else for (const n of list.split(',')) onNotified(Number(n))
    })
    this.#timer = setInterval(() => void this.#poll(), postgres.isPooled ? POOLED_POLL_MS : POLL_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** This process has stored a callback. */
  stored(partition: number, seq: number): void {
    this.#tails[partition] = Math.max(seq, this.#tails[partition] ?? 0)
  }

  /** Tells all other processes to check a partition, or everything. */
  notify(partition?: number): void {
    this.#waiting.add(partition)
    if (this.#isSending) return
    this.#isSending = true
    queueMicrotask(() => void this.#sendAll())
  }

  async #sendAll(): Promise<void> {
    const { postgres, member } = this.#deps
    while (this.#waiting.size > 0) {
      const list = this.#waiting.has(undefined) ? '' : [...this.#waiting].join(',')
      this.#waiting = new Set()
      // They check by themselves after a while.
      await postgres.query(NOTIFY, [this.#channel, `${member} ${list}`]).catch(() => undefined)
    }
    this.#isSending = false
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    const rows = await this.#deps.postgres.query<{ n: number; tail: number }>(TAILS).catch(() => [])
    for (const { n, tail } of rows) {
      const known = this.#tails[n] ?? 0
      this.#tails[n] = Math.max(tail, known)
      if (tail > known) this.#deps.onNotified(n)
    }
    this.#isPolling = false
  }
}
