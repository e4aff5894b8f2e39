import type { Complain } from './complain.ts'
import type { Run } from './run.ts'
import { SETTLE } from './scripts/settle.ts'
import type { Share } from './share.ts'

/** What has become of an entry: see the script. */
export type Outcome =
  | readonly ['done' | 'alive']
  | readonly ['retry' | 'hold', attempt: number, inMs: number]
  | readonly ['dead', attempts: number, error: string]
  | readonly ['try', death: number]

interface Note {
  readonly share: Share
  readonly entry: string
  readonly outcome: Outcome
  readonly after: ((isThrough: boolean) => void) | undefined
}

const FLUSH_MS = 3
const AGAIN_MS = 250
const BATCH = 256

/**
 * Collects what has become of callbacks and writes it in batches, off the hot path: what a death loses of it is done
 * once more. What cannot be written waits until Redis is back.
 */
export class Ledger {
  readonly #run: Run
  readonly #complain: Complain
  #notes: Note[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<boolean> | undefined
  #closed = false

  constructor(run: Run, complain: Complain) {
    this.#run = run
    this.#complain = complain
  }

  /** @param after called once it is written; with false where the share was another's by then */
  note(share: Share, entry: string, outcome: Outcome, after?: (isThrough: boolean) => void): void {
    this.#notes.push({ share, entry, outcome, after })
    this.#soon(FLUSH_MS)
  }

  /** Notes and writes at once. Gives whether the share was still ours. */
  noteDurably(share: Share, entry: string, outcome: Outcome): Promise<boolean> {
    return new Promise((resolve) => {
      this.note(share, entry, outcome, resolve)
      void this.flush()
    })
  }

  /** Writes what there is. What could not be written stays, and is tried again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
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
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #soon(inMs: number): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, inMs).unref()
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
