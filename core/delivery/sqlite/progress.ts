import { Queue } from '../queue.ts'
import type { Change } from './messages.ts'

/** How far a plugin has come: its cursor, and what is settled beyond it. */
export class Progress {
  readonly #plugin: string
  readonly #open = new Queue<number>()
  readonly #settled = new Set<number>()
  /** Settled since the last time of writing. */
  #fresh: number[] = []
  #head: number | undefined
  #saved: number
  /** Everything up to here has been taken up. */
  #seen: number

  constructor(plugin: string, cursor: number) {
    this.#plugin = plugin
    this.#saved = cursor
    this.#seen = cursor
  }

  /** Callbacks up to this one that were not taken up are not the plugin's. */
  saw(seq: number): void {
    this.#seen = seq
  }

  /** Takes a callback up; in the order of their numbers. */
  take(seq: number): void {
    this.#seen = seq
    if (this.#head === undefined) this.#head = seq
    else this.#open.put(seq)
  }

  settle(seq: number): void {
    this.#settled.add(seq)
    this.#fresh.push(seq)
    while (this.#head !== undefined && this.#settled.delete(this.#head)) this.#head = this.#open.take()
  }

  /** What is to be written: the cursor if it has moved, and what was settled beyond it since the last time. */
  changes(): Change[] {
    const cursor = this.#head === undefined ? this.#seen : this.#head - 1
    const changes: Change[] = this.#fresh
      .splice(0)
      .filter((seq) => seq > cursor)
      .map((seq) => ['done', this.#plugin, seq])
    if (cursor > this.#saved) changes.push(['cursor', this.#plugin, cursor])
    this.#saved = cursor
    return changes
  }
}
