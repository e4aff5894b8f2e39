import type { Bus } from '../../../observe/bus.ts'
import { TimhookError } from '../../../errors.ts'
import { type StoredCallback, storedOf } from '../../../callback/callback.ts'
import type { Append, CallbackLog, LogListener, NewLease } from '../../callback-log.ts'
import type { Undelivered } from '../../delivery.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import { ResendWindow } from '../../ingest/resend-window.ts'
import { type Retention, sharesOf } from '../../retention-shares.ts'
import { refusedOf } from '../../record-refused.ts'
import type { SqliteClient, StoreListener } from './client/sqlite-client.ts'
import type { Damage } from './blocks/read-block.ts'
import { createReserve, type Reserve } from './file/disk-reserve.ts'
import { takeSuspect } from './file/suspect-file.ts'
import { type Checkpoints, startCheckpoints } from './upkeep/checkpoints.ts'
import { loadResendWindow } from './upkeep/load-resend-window.ts'
import { deadLetterRemoved } from './upkeep/removed-plugins.ts'
import type { UndeliveredRow } from './worker/messages.ts'
import { type Shortened, startRetention, type Sweeper } from './upkeep/retention.ts'

export interface SqliteLogDeps {
  /** The plugins of the config. */
  readonly plugins: readonly string[]
  /** Plugins with `enabled: false`, now and later. */
  readonly disabled?: readonly string[]
  /** How long the backlog of a removed plugin is kept, milliseconds. */
  readonly keepRemoved?: number
  readonly bus: Bus
  readonly client: SqliteClient
  readonly file: string
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  /** Rejects if the file at the path is no longer the one that is open. */
  readonly look?: (() => Promise<void>) | undefined
}

/** The log in a file: one partition, for one process, which has every lease for good. */
export class SqliteLog implements CallbackLog, StoreListener {
  readonly #deps: SqliteLogDeps
  readonly #client: SqliteClient
  readonly #window: ResendWindow
  #reserve: Reserve | undefined
  #sweeper: Sweeper | undefined
  #checkpoints: Checkpoints | undefined
  #stopRemoving: () => void = () => undefined
  #hasBegun = false
  #onAppending: LogListener['appending'] = () => undefined

  constructor(deps: SqliteLogDeps) {
    const { client, bus, resendWindow } = deps
    this.#deps = deps
    this.#client = client
    this.#window = new ResendWindow(resendWindow, (entries) => bus.emit('resend-window:full', { entries }))
  }

  async open({ appending }: LogListener): ReturnType<CallbackLog['open']> {
    const { file, plugins, resendWindow } = this.#deps
    const client = this.#client
    client.listener = this
    this.#onAppending = appending
    if (resendWindow > 0) await loadResendWindow(this.#window, client, Date.now() - resendWindow)
    this.#reserve = this.#startUpkeep()
    this.#checkpoints = startCheckpoints(client, file)
    await this.#reserve.make()
    const { holds } = await client.request('requests', { now: Date.now(), plugins, onlyHolds: true })
    return { partitions: 1, holds }
  }

  now(): number {
    return Date.now()
  }

  append(append: Append): void {
    if (this.#window.find(append.identity, append.receivedAt) === undefined) this.#store(append)
    else void this.#resend(append)
  }

  appending(): void {
    this.#onAppending()
  }

  posted(characters: number): void {
    this.#checkpoints?.posted(characters)
  }

  full(): void {
    this.#reserve?.spend()
  }

  damaged(all: readonly Damage[]): void {
    for (const { plugins, ...damage } of all)
      this.#deps.bus.emit('store:damaged', { ...damage, plugins: Object.keys(plugins) })
  }

  appended(append: Append, seq: number): void {
    this.#window.setSeq(append.entry, seq)
    append.stored(seq)
  }

  notAppended(append: Append, error: Error): void {
    this.#window.delete(append.entry)
    append.failed(error)
  }

  resendsOf(entry: number): number {
    return this.#window.resendsOf(entry)
  }

  read({ plugin }: Parameters<CallbackLog['read']>[0], after: number, limit: number): ReturnType<CallbackLog['read']> {
    return this.#client.request('page', { plugin, after, limit })
  }

  readDue(...[{ plugin }, query]: Parameters<CallbackLog['readDue']>): ReturnType<CallbackLog['readDue']> {
    return this.#client.request('due', { ...query, plugin, now: Date.now() })
  }

  fetch(...[{ plugin }, seqs]: Parameters<CallbackLog['fetch']>): ReturnType<CallbackLog['fetch']> {
    return this.#client.request('fetch', { plugin, seqs })
  }

  async settle(settlements: Parameters<CallbackLog['settle']>[0]): Promise<boolean[]> {
    const all = settlements.map(({ lease: { plugin }, changes }) => ({ plugin, changes }))
    await this.#client.request('settle', all)
    return settlements.map(() => true)
  }

  async lease({ plugins, held }: Parameters<CallbackLog['lease']>[0]): ReturnType<CallbackLog['lease']> {
    const { bus, file, disabled = [], keepRemoved = 0 } = this.#deps
    // A plugin added while the server runs cannot have crashed an earlier process.
    const isStart = !this.#hasBegun
    const begun = await this.#client.request('begin', { plugins: [...plugins, ...disabled], now: Date.now() })
    this.#hasBegun = true
    this.#stopRemoving()
    this.#stopRemoving = deadLetterRemoved(this.#client, bus, begun.removed, keepRemoved)
    const { last: tail } = begun
    const suspect = isStart ? takeSuspect(file) : undefined
    const start = { partition: 0, fence: 0, clean: !isStart || begun.clean, tail, suspect }
    const isNew = (plugin: string): boolean =>
      plugins.includes(plugin) && !held.some((lease) => lease.plugin === plugin)
    const taken = Object.entries(begun.plugins)
      .filter(([plugin]) => isNew(plugin))
      .map(([plugin, standing]): NewLease => ({ ...start, ...standing, plugin }))
    return { lost: [], surplus: [], validMs: Infinity, taken }
  }

  requests(plugins: readonly string[]): ReturnType<CallbackLog['requests']> {
    return this.#client.request('requests', { now: Date.now(), plugins })
  }

  hold(...[plugin, hold]: Parameters<CallbackLog['hold']>): Promise<void> {
    return this.#client.request('hold', { plugin, hold })
  }

  async recordUndelivered(
    ...[callback, undelivered, isKnown]: Parameters<CallbackLog['recordUndelivered']>
  ): Promise<void> {
    this.#mustHaveRoom()
    const { retention, resendWindow } = this.#deps
    const row = undeliveredRow(callback, undelivered, isKnown)
    const share = sharesOf(retention.size).refused
    const evicted = await this.#client.request('recordUndelivered', { ...row, share, resendWindow })
    this.#sweeper?.refusedWent(evicted)
  }

  async probe(): Promise<Record<string, number>> {
    this.#mustHaveRoom()
    await this.#deps.look?.()
    return this.#client.request('probe', undefined)
  }

  async close(): Promise<void> {
    this.#sweeper?.stop()
    this.#reserve?.stop()
    this.#stopRemoving()
    await this.#checkpoints?.close()
  }

  #startUpkeep(): Reserve {
    const { bus, file, retention } = this.#deps
    const client = this.#client
    const onShortened = (shortened: Shortened): void => bus.emit('history:shortened', shortened)
    const sweeper = startRetention(client, file, retention, { onShortened })
    this.#sweeper = sweeper
    const sweep = async (): Promise<void> => {
      try {
        await sweeper.sweep(true)
      } finally {
        // No append comes that would trigger a checkpoint, and only a checkpoint makes room for the next deletion.
        await client.request('checkpoint', undefined)
      }
    }
    return createReserve(file, sweep, (isFull) => {
      bus.emit(isFull ? 'store:full' : 'store:room', { since: sweeper.since() })
    })
  }

  #store(append: Append): void {
    try {
      this.#mustHaveRoom()
      append.entry = this.#window.add(append.identity, append.id, append.receivedAt)
      this.#client.append(append)
    } catch (error) {
      append.failed(error)
    }
  }

  /** Counts a resend once the first one is durable. Stores it if the first could not be stored. */
  async #resend(append: Append): Promise<void> {
    try {
      const entry = await this.#findDurable(append)
      if (entry !== undefined) {
        // In the file, too. If that fails, the count is lost with the process, which does not matter much.
        this.#client.send('resent', this.#window.seqOf(entry), () => undefined)
        append.repeats(this.#window.idOf(entry), this.#window.countResend(entry))
        if (append.identifiesEvent) return
        append.maybeResend = true
      }
      this.#store(append)
    } catch (error) {
      append.failed(error)
    }
  }

  /** Waits until the first callback with this identity is durable. If it could not be stored, waits for its successor. */
  async #findDurable({ identity, receivedAt }: Append): Promise<number | undefined> {
    for (;;) {
      const entry = this.#window.find(identity, receivedAt)
      if (entry === undefined || this.#window.seqOf(entry) > 0) return entry
      // Replies come in order, so after this one the result of every earlier append is known.
      await this.#client.request('barrier', undefined)
    }
  }

  /** @throws TimhookError STORE_UNUSABLE */
  #mustHaveRoom(): void {
    if (this.#client.lost) throw this.#client.lost
    if (!this.#reserve?.isFull()) return
    throw new TimhookError('STORE_UNUSABLE', 'the disk of the store is full', {
      hint: 'Callbacks are accepted again once there is room: make some, or see why plugins do not finish theirs.',
    })
  }
}

/** The row of a callback that is recorded but not delivered. */
function undeliveredRow(callback: StoredCallback, kept: Undelivered, isKnown: boolean): UndeliveredRow {
  const about = { ...storedOf(callback), expendable: isExpendable(callback.signed, isKnown) }
  if (kept.as === 'refused') {
    return { ...about, outcome: 'refused', code: 0, failed: false, ...refusedOf(callback, kept.error) }
  }
  return { ...about, outcome: kept.outcome, code: kept.code, failed: kept.failed, error: undefined }
}
