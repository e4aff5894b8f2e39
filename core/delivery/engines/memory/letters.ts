import type { NewDeadLetter, WaitingCallback } from '../../callback-log.ts'

export interface Letter extends NewDeadLetter {
  readonly num: number
  readonly plugin: string
  readonly callback: WaitingCallback
}

/** The most dead letters, and characters of their bodies. The oldest go first. */
const MAX_LETTERS = 10_000
const MAX_CHARACTERS = 32_000_000

/** Dead letters by their numbers, oldest first. */
export class Letters {
  readonly #byNum = new Map<number, Letter>()
  readonly #byName = new Map<string, Letter>()
  #last = 0
  #characters = 0

  add(plugin: string, callback: WaitingCallback, letter: NewDeadLetter): void {
    const num = ++this.#last
    const added = { ...letter, num, plugin, callback }
    this.#byNum.set(num, added)
    this.#byName.set(`${plugin} ${callback.seq}`, added)
    this.#characters += callback.raw.length
    for (const oldest of this.#byNum.keys()) {
      if (this.#byNum.size <= MAX_LETTERS && this.#characters <= MAX_CHARACTERS) return
      this.take(oldest)
    }
  }

  /** Removes a dead letter. */
  take(num: number): Letter | undefined {
    const letter = this.#byNum.get(num)
    if (!letter) return undefined
    this.#byNum.delete(num)
    this.#byName.delete(`${letter.plugin} ${letter.callback.seq}`)
    this.#characters -= letter.callback.raw.length
    return letter
  }

  get(num: number): Letter | undefined {
    return this.#byNum.get(num)
  }

  of(plugin: string, seq: number): Letter | undefined {
    return this.#byName.get(`${plugin} ${seq}`)
  }

  /** Newest first. */
  all(): Letter[] {
    return [...this.#byNum.values()].toReversed()
  }
}
