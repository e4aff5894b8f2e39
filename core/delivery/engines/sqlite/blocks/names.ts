import { type NameVisitor, visitNames } from '../../../../callback/select.ts'
import type { JsonObject } from '../../../../lib/json.ts'

/**
 * The names in callbacks (groups and accounts) as words of 32 bits: for each callback the number of hashes, and the
 * hashes. A search reads these first, and then only the bodies of those that may match.
 */
export type NameWords = Uint32Array

/** In place of the number of hashes: the names are not known, or too many. The callback may match anything. */
const UNKNOWN_NAMES = 0xff_ff_ff_ff
/** A body may name tens of thousands of members. */
const MAX_NAMES = 500

const GROUP_SEED = 0x81_1c_9d_c5
const ACCOUNT_SEED = 0x01_00_01_93

export const hashOfGroup = (id: string): number => hashOf(GROUP_SEED, id)
export const hashOfAccount = (id: string): number => hashOf(ACCOUNT_SEED, id)

/** FNV-1a over UTF-16 units. */
function hashOf(seed: number, text: string): number {
  let hash = seed
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93)
  return hash >>> 0
}

/** Collects the names of callbacks. */
export class NameList implements NameVisitor {
  #words = new Uint32Array(16)
  #length = 0

  /** @param body the parsed body, if there is one */
  add(body: JsonObject | undefined): void {
    const head = this.#length
    this.#push(0)
    if (body) visitNames(body, this)
    const count = this.#length - head - 1
    if (body && count <= MAX_NAMES) this.#words[head] = count
    else {
      this.#words[head] = UNKNOWN_NAMES
      this.#length = head + 1
    }
  }

  group(id: string): void {
    this.#push(hashOfGroup(id))
  }

  account(id: string): void {
    this.#push(hashOfAccount(id))
  }

  /** Returns the words of all callbacks added since the last call. */
  take(): NameWords {
    const words = this.#words.slice(0, this.#length)
    this.#length = 0
    return words
  }

  #push(word: number): void {
    if (this.#length === this.#words.length) {
      const longer = new Uint32Array(2 * this.#length)
      longer.set(this.#words)
      this.#words = longer
    }
    this.#words[this.#length++] = word
  }
}

/**
 * Returns the numbers of callbacks that may have all these hashes, in their order.
 * @param first the number of the first callback
 */
export function numbersWith(words: NameWords, first: number, hashes: readonly number[]): number[] {
  const found: number[] = []
  let seq = first
  for (let at = 0; at < words.length; seq++) {
    const count = words[at++] ?? 0
    if (count === UNKNOWN_NAMES) found.push(seq)
    else {
      const end = at + count
      if (hashes.every((hash) => isAmong(words, at, end, hash))) found.push(seq)
      at = end
    }
  }
  return found
}

function isAmong(words: NameWords, from: number, end: number, hash: number): boolean {
  for (let at = from; at < end; at++) if (words[at] === hash) return true
  return false
}
