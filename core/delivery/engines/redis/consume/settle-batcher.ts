import { Timer } from './timer.ts'
import type { Complain } from '../client/report-background-error.ts'
import type { Run } from '../client/run.ts'
import { SETTLE } from '../scripts/settle.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Place } from '../partition/cursor.ts'

/** What has become of an entry: see the script. */
export type Outcome =
  | readonly ['done' | 'alive']
  | readonly ['retry' | 'hold', attempt: number, inMs: number]
  | readonly ['dead' | 'fault', attempts: number, error: string]
  | readonly ['try', death: number]
  | readonly ['pass', step: number, counts: string]

interface Noted {
  readonly share: PartitionLease
  readonly entry: string
  readonly place: Place | undefined
}

interface Note {
  readonly share: PartitionLease
  readonly entry: string
  readonly outcome: Outcome
  readonly after: ((isThrough: boolean) => void) | undefined
}

const FLUSH_MS = 3
/** The longer, the more of them are told of by one line; and the more are done once more after a death. */
const DONE_MS = 20
/** After so long it goes along with something else. */
const RIDE_MS = 16
const AGAIN_MS = 250
const BATCH = 256

/**
 * Collects what has become of callbacks and writes it in batches, off the hot path: what a death loses of it is done
 * once more. What cannot be written waits until Redis is back.
 */
export class SettleBatcher {
  readonly #run: Run
  readonly #complain: Complain
  #notes: Note[] = []
  readonly #touched = new Set<PartitionLease>()
  #touchedAt = 0
  readonly #alarm = new Timer(() => this.#ring())
  #writing: Promise<boolean> | undefined

  constructor(run: Run, complain: Complain) {
    this.#run = run
    this.#complain = complain
  }

  done({ share, entry, place }: Noted): void {
    if (place && share.trail.finish(place)) this.touch(share)
    else this.#put({ share, entry, outcome: ['done'], after: () => share.forget(entry) })
  }

  /** Something is to be told of the share's trail. */
  touch(share: PartitionLease): void {
    if (this.#touched.size === 0) this.#touchedAt = performance.now()
    this.#touched.add(share)
    this.#soon(DONE_MS)
  }

  /** @param after called once it is written; with false where the share was another's by then */
  note({ share, entry, place }: Noted, outcome: Outcome, after?: (isThrough: boolean) => void): void {
    // The script expects it to be pending.
    if (place?.state === 'open') this.#tell(share, place)
    this.#put({ share, entry, outcome, after })
  }

  /** Notes and writes at once. Gives whether the share was still ours. */
  noteDurably(noted: Noted, outcome: Outcome): Promise<boolean> {
    return new Promise((resolve) => {
      this.note(noted, outcome, resolve)
      void this.flush()
    })
  }

  /** Writes what has waited for a while, unless something is being written. */
  ride(): void {
    if (this.#writing || this.#touched.size === 0 || performance.now() - this.#touchedAt < RIDE_MS) return
    void this.flush()
  }

  /** Writes what there is. What could not be written stays, and is tried again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    // Once: what is touched while this is written waits its time.
    for (const share of this.#touched) this.#tell(share)
    this.#touched.clear()
    while (this.#notes.length > 0) {
      this.#writing = this.#write()
      const isWritten = await this.#writing
      this.#writing = undefined
      if (!isWritten) {
        this.#soon(AGAIN_MS)
        return
      }
    }
  }

  close(): void {
    this.#alarm.close()
  }

  /** What was not pending is told of once, in a line with a number, and before whatever needs that it is pending. */
  #tell(share: PartitionLease, until?: Place): void {
    const stretch = share.trail.cut(until)
    if (!stretch) return
    const { entry, done, claimed } = stretch
    const counts = [done.length, ...claimed.map((place) => place.entry)].join(' ')
    const after = (): void => {
      for (const place of done) share.forget(place.entry)
      share.told(entry)
    }
    // Whoever has it told writes at once, or notes something more.
    this.#notes.push({ share, entry, outcome: ['pass', ++share.step, counts], after })
  }

  #put(note: Note): void {
    this.#notes.push(note)
    this.#soon(FLUSH_MS)
  }

  /** What was touched since it was set may have been written meanwhile. */
  #ring(): void {
    const waitMs = this.#touchedAt + DONE_MS - performance.now()
    if (this.#notes.length > 0 || waitMs <= 0) void this.flush()
    else if (this.#touched.size > 0) this.#soon(waitMs)
  }

  #soon(inMs: number): void {
    this.#alarm.set(performance.now() + inMs)
  }

  async #write(): Promise<boolean> {
    const notes = this.#notes.splice(0, BATCH)
    const args = notes.flatMap(({ share, entry, outcome: [kind, a = '', b = ''] }) => {
      return [kind, share.plugin, share.n, share.fence, entry, a, b]
    })
    try {
      const replies = await this.#run<number[]>(SETTLE, ...args)
      for (const [index, { share, after }] of notes.entries()) {
        if (replies[index] !== 1) share.lose()
        after?.(replies[index] === 1)
      }
      return true
    } catch (error) {
      this.#complain(error)
      this.#notes = [...notes, ...this.#notes]
      return false
    }
  }
}
