import { MAX_PREFETCH } from '../../../attempt/prefetch.ts'
import type { Arrival } from './arrival.ts'
import { isBehind } from './entry.ts'
import { Cursor } from './cursor.ts'

/** The most callbacks that are buffered until a read reaches them, and the most characters of one. Others are read. */
const MAX_BUFFERED = 32
const MAX_BUFFERED_CHARACTERS = 16_000

/**
 * The lease of one partition for one plugin. Its fence guards every write; a lease that was lost or released is never
 * used again.
 *
 * These hold between two ticks of the event loop:
 *
 * - I1: each entry behind the last one of the group, up to `tail`, is in `known`, is not for the plugin, or exceeds
 * `maxBacklog` and the group is about to pass it.
 * - I2: `tail` is never before the last entry of the group, as far as this process knows. It is empty where it would
 * be, and the next read asks Redis.
 * - I3: an entry is handed over from memory only if `gapsSeen` says that everything before it was. Whatever breaks that
 * makes the lease `dirty`.
 * - I4: while `isReading`, nothing is handed over from memory (`missed` records it) and nothing leaves `known`, because
 * the reply may still name it.
 */
export class PartitionLease {
  readonly plugin: string
  readonly n: number
  readonly fence: string
  /** The entries in memory. A read whose reply was lost is repeated and returns them again. */
  readonly known = new Set<string>()
  readonly cursor = new Cursor()
  /** The last pending entry that was read; `>` when none are left. */
  lastPending = '0-0'
  /** The last new entry that was read or handed over; empty if Redis has to say where the group stands. */
  tail = ''
  /** The last entry that arrived during a read: the reply has it, or there is more to read. */
  missed: string | undefined
  /** The count of gaps up to which everything was read; undefined if something was not. */
  gapsSeen: number | undefined
  #isReading = false
  /** Entries that finished during a read, whose reply may bring them. */
  readonly #finished = new Set<string>()
  /** The entry to which the group moved during a read. */
  #acked: string | undefined
  /** Arrivals that a read will reach. */
  readonly #buffered = new Map<string, Arrival>()
  /** The number of acks sent. */
  step = 0
  /** There may be entries to read. */
  dirty = true
  /** When the next retry is due, on the clock of `performance.now()`. */
  dueAt: number | undefined
  /** A handler failed or did not end because of the shutdown. */
  isInterrupted = false
  #state: 'held' | 'closing' | 'lost' = 'held'
  #running = 0
  readonly #suspectKeys = new Set<string>()
  readonly #since: string
  #suspectsLeft: number
  #onIdle: (() => void)[] = []

  /**
   * @param at when it was leased, in milliseconds of the clock of Redis
   * @param clean whether the former owner released it properly
   */
  constructor(plugin: string, { n, fence, at, clean }: { n: number; fence: string; at: number; clean: boolean }) {
    this.plugin = plugin
    this.n = n
    this.fence = fence
    this.#since = `${at + 1}-0`
    this.#suspectsLeft = clean ? 0 : MAX_PREFETCH
  }

  /** Whether handlers may start. */
  get isHeld(): boolean {
    return this.#state === 'held'
  }

  get isClosing(): boolean {
    return this.#state === 'closing'
  }

  get running(): number {
    return this.#running
  }

  /** Whether the entry was stored before this lease was given. */
  predates(entry: string): boolean {
    return this.#suspectsLeft > 0 && !isBehind(entry, this.#since)
  }

  /**
   * Returns whether an entry may have been running when its owner crashed: the first one of each key, up to as many as
   * an owner prefetches.
   * @param waits whether it was only keeping its key
   */
  takeSuspect(key: string | undefined, waits: boolean): boolean {
    if (this.#suspectsLeft === 0 || (key !== undefined && this.#suspectKeys.has(key))) return false
    if (key !== undefined) this.#suspectKeys.add(key)
    if (waits) return false
    this.#suspectsLeft--
    return true
  }

  get isReading(): boolean {
    return this.#isReading
  }

  beginRead(): void {
    this.dirty = false
    this.#isReading = true
  }

  endRead(): void {
    this.#isReading = false
    for (const entry of this.#finished) this.known.delete(entry)
    this.#finished.clear()
    const acked = this.#acked
    this.#acked = undefined
    if (acked !== undefined) this.acked(acked)
  }

  /** Forgets an entry. If a read brings it again, it is handed over again. */
  forget(entry: string): void {
    if (this.#isReading) this.#finished.add(entry)
    else this.known.delete(entry)
  }

  /**
   * Whether an entry from a read is in memory already. A retry that is due was written before the read, so one that
   * stays in memory only until the read ends does not count.
   */
  has(entry: string, isDue: boolean): boolean {
    return this.known.has(entry) && !(isDue && this.#finished.delete(entry))
  }

  /**
   * Records that the group moved up to this entry. Entries before it are no longer `known` and must not be read again.
   */
  acked(entry: string): void {
    if (this.#isReading) this.#acked = entry
    else if (this.tail !== '' && isBehind(entry, this.tail)) this.reset()
  }

  /** Starts reading again where the group stands: it may be another Redis now. */
  reset(): void {
    this.tail = ''
    this.gapsSeen = undefined
    this.dirty = true
  }

  /**
   * Buffers an arrival until a read reaches it. An entry from before the lease is not buffered, because a read says
   * more about it.
   */
  buffer(arrival: Arrival): void {
    if (
      this.#buffered.size < MAX_BUFFERED &&
      !this.predates(arrival.entry) &&
      arrival.callback.raw.length <= MAX_BUFFERED_CHARACTERS
    )
      this.#buffered.set(arrival.entry, arrival)
  }

  get bufferedEntries(): Iterable<string> {
    return this.#buffered.keys()
  }

  /** Removes a buffered arrival and returns it. */
  takeBuffered(entry: string): Arrival | undefined {
    const arrival = this.#buffered.get(entry)
    this.#buffered.delete(entry)
    return arrival
  }

  clearBuffer(): void {
    this.#buffered.clear()
  }

  handlerStarted(): void {
    this.#running++
  }

  handlerEnded(): void {
    this.#running--
    if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  /** Starts no more handlers. */
  close(): void {
    if (this.#state === 'held') this.#state = 'closing'
  }

  /** Another process holds the lease. */
  lose(): void {
    this.#state = 'lost'
  }

  idle(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => void this.#onIdle.push(resolve))
  }
}
