import { randomBytes } from 'node:crypto'

const process36 = randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')
let lastMs = 0
let prefix = ''
let serial = 0

/** Length of an id: base-36 digits, the time first. */
export const ID_LENGTH = 22
/** Number of 32-bit words that hold an id. */
export const ID_WORDS = 4
/** Number of digits in one word. */
const DIGITS = 6

/**
 * Creates the id of a callback. It is unique across processes. Within one process, ids sort as text in the order of
 * receipt.
 */
export function newId(nowMs = Date.now()): string {
  // The time part never goes back, so that a clock that does cannot repeat an id.
  if (nowMs > lastMs) {
    lastMs = nowMs
    prefix = nowMs.toString(36).padStart(9, '0')
    serial = 0
  }
  serial++
  return prefix + serial.toString(36).padStart(5, '0') + process36
}

/** Writes an id into `words` at `offset`: a million ids as strings would keep the garbage collector busy. */
export function packId(id: string, words: Uint32Array, offset: number): void {
  for (let word = 0; word < ID_WORDS; word++) {
    let value = 0
    const end = Math.min((word + 1) * DIGITS, ID_LENGTH)
    for (let at = word * DIGITS; at < end; at++) value = value * 36 + digitOf(id.charCodeAt(at))
    words[offset + word] = value
  }
}

/** Reads an id that `packId` has written. */
export function unpackId(words: Uint32Array, offset: number): string {
  const parts = Array.from(words.subarray(offset, offset + ID_WORDS), (value, word) => {
    return value.toString(36).padStart(Math.min(DIGITS, ID_LENGTH - word * DIGITS), '0')
  })
  return parts.join('')
}

/** Of `0` to `9` and `a` to `z`. */
function digitOf(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
