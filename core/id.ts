import { randomBytes } from 'node:crypto'

const process36 = randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')
let lastMs = 0
let prefix = ''
let serial = 0

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
