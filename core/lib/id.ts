import { randomBytes } from 'node:crypto'

const process36 = randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')
let lastMs = 0
let prefix = ''
let serial = 0

/** Characters of an id: digits of base 36, the time first. */
export const ID_LENGTH = 22
/** Words of 32 bits that hold an id. */
export const ID_WORDS = 4
/** Digits in one of them. */
const DIGITS = 6

/** An id of a callback: unique over processes, and in the order of receipt when sorted as text within one. */
export function newId(nowMs = Date.now()): string {
  // A clock that steps back must not repeat an id, so the time part never does.
  if (nowMs > lastMs) {
    lastMs = nowMs
    prefix = nowMs.toString(36).padStart(9, '0')
    serial = 0
  }
  serial++
  return prefix + serial.toString(36).padStart(5, '0') + process36
}

/** Writes an id into `words` at `offset`: a million of them as texts would keep the garbage collector busy. */
export function packId(id: string, words: Uint32Array, offset: number): void {
  for (let word = 0; word < ID_WORDS; word++) {
    let value = 0
    const end = Math.min((word + 1) * DIGITS, ID_LENGTH)
    for (let at = word * DIGITS; at < end; at++) value = value * 36 + digitOf(id.charCodeAt(at))
    words[offset + word] = value
  }
}

/** The id that `packId` has written. */
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
