import { MAX_PREFETCH } from '../../../consume/prefetch.ts'
import type { Arrival } from './arrival.ts'
import { isBehind } from './entry.ts'
import { Cursor } from './cursor.ts'

/** Callbacks, and characters of one, that are kept until a read comes to them; others are read. */
const MAX_BUFFERED = 32
const MAX_BUFFERED_CHARACTERS = 16_000

/**
 * A partition of one plugin for as long as this process has the lease of it. Whatever is done for it goes by its
 * fence; a share that was lost or given back is never used again.
 *
 * What holds between two turns of the event loop: whatever is behind the group's last entry and not behind `tail` is
 * in `known`, or is nothing of the plugin's, or is over and the group is about to pass it. `tail` is never before the
 * group's last entry as far as this process knows of that: where it would be, it is empty, and the next read asks. An
 * entry is handed over from memory only where `upTo` says that everything before it was; whatever undoes that makes
 * the share `dirty`. While `isReading`, nothing is handed over from memory (`missed` tells of it), and nothing leaves
 * `known`, for the reply may still name it.
 */
export class PartitionLease {
  readonly plugin: string
  readonly n: number
  readonly fence: string
  /** The entries that are in memory: a read whose reply was lost is repeated, and gives them once more. */
  readonly known = new Set<string>()
  readonly cursor = new Cursor()
  /** The last pending entry that was read, or `>` when there are no more. */
  lastPending = '0-0'
  /** The last new entry that was read or handed over; nothing, where Redis is to say where the group stands. */
  tail = ''
  /** What it was told while a read was under way: the read brings that, or there is more to read. */
  missed: string | undefined
  /** The number of the last gap before which everything has been read; nothing, where something has not. */
  gapsSeen: number | undefined
  #isReading = false
  /** What was finished while a read was under way: its reply may bring it. */
  readonly #finished = new Set<string>()
  /** Up to where the group was moved meanwhile. */
  #acked: string | undefined
  /** What this process has stored, and a read will come to. */
  readonly #buffered = new Map<string, Arrival>()
  /** How many stretches of the trail were told of. */
  step = 0
  /** Something may have come. */
  dirty = true
  /** When the next retry is due, on the clock of `performance.now()`. */
  dueAt: number | undefined
  /** A handler failed, or did not end, because of a stop. */
  isInterrupted = false
  #state: 'held' | 'closing' | 'lost' = 'held'
  #running = 0
  readonly #suspectKeys = new Set<string>()
  readonly #since: string
  #suspectsLeft: number
  #onIdle: (() => void)[] = []

  /**
   * @param at when it was leased, in milliseconds of Redis' clock
   * @param clean whether the former owner gave it back in order
   */
  constructor(plugin: string, { n, fence, at, clean }: { n: number; fence: string; at: number; clean: boolean }) {
    this.plugin = plugin
    this.n = n
    this.fence = fence
    this.#since = `${at + 1}-0`
    this.#suspectsLeft = clean ? 0 : MAX_PREFETCH
  }

  /** Whether handlers may be started. */
  get isHeld(): boolean {
    return this.#state === 'held'
  }

  get isClosing(): boolean {
    return this.#state === 'closing'
  }

  get running(): number {
    return this.#running
  }

  /** Whether an entry was there when the share was leased. */
  predates(entry: string): boolean {
    return this.#suspectsLeft > 0 && !isBehind(entry, this.#since)
  }

  /**
   * Whether an entry that was there may have been under way when its owner died: of each key the first one, and no
   * more than an owner's lanes hold.
   * @param waits whether it only held up its key
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

  /** It is no longer in memory: should a read bring it, it is to be handed over. */
  forget(entry: string): void {
    if (this.#isReading) this.#finished.add(entry)
    else this.known.delete(entry)
  }

  /**
   * Whether an entry that was read is in memory already. A retry that is due was written down as one before the read,
   * so one that is in memory only until the read is over is not.
   */
  has(entry: string, isDue: boolean): boolean {
    return this.known.has(entry) && !(isDue && this.#finished.delete(entry))
  }

  /** The group's last entry is this one now. What is before it is no longer `known`, and must not be read again. */
  acked(entry: string): void {
    if (this.#isReading) this.#acked = entry
    else if (this.tail !== '' && isBehind(entry, this.tail)) this.reset()
  }

  /** Begins anew where Redis says that the group stands: it may be another Redis now. */
  reset(): void {
    this.tail = ''
    this.gapsSeen = undefined
    this.dirty = true
  }

  /** Keeps the callback until a read comes to it; that tells more of one that was there when the share was leased. */
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

  /** Gives what was kept, and keeps it no longer. */
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

  /** Starts no further handler. */
  close(): void {
    if (this.#state === 'held') this.#state = 'closing'
  }

  /** Another process has it. */
  lose(): void {
    this.#state = 'lost'
  }

  idle(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => void this.#onIdle.push(resolve))
  }
}
