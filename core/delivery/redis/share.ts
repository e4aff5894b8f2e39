import { LANES } from '../slots.ts'

/**
 * A partition of one plugin for as long as this process has the lease of it. Whatever is done for it goes by its
 * fence; a share that was lost or given back is never used again.
 */
export class Share {
  readonly plugin: string
  readonly n: number
  readonly fence: string
  /** The entries that are in memory: a read whose reply was lost is repeated, and gives them once more. */
  readonly known = new Set<string>()
  /** The last pending entry that was read, or `>` when there are no more. */
  cursor = '0-0'
  /** Something may have come. */
  dirty = true
  /** When the next retry is due, on the clock of `performance.now()`. */
  dueAt: number | undefined
  /** A handler failed, or did not end, because of a stop. */
  isInterrupted = false
  #state: 'held' | 'closing' | 'lost' = 'held'
  #running = 0
  readonly #doubtful = new Set<string>()
  #doubts: number
  #onIdle: (() => void)[] = []

  /** @param clean whether the former owner gave it back in order */
  constructor(plugin: string, { n, fence, clean }: { n: number; fence: string; clean: boolean }) {
    this.plugin = plugin
    this.n = n
    this.fence = fence
    this.#doubts = clean ? 0 : LANES
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

  /**
   * Whether an entry that was pending may have been under way when its owner died: of each key the first one, and no
   * more than an owner's lanes hold.
   * @param waits whether it only held up its key
   */
  concerns(key: string | undefined, waits: boolean): boolean {
    if (this.#doubts === 0 || (key !== undefined && this.#doubtful.has(key))) return false
    if (key !== undefined) this.#doubtful.add(key)
    if (waits) return false
    this.#doubts--
    return true
  }

  enter(): void {
    this.#running++
  }

  leave(): void {
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
