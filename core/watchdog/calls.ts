import { ID_WORDS, packId, unpackId } from '../lib/id.ts'

/**
 * Which handlers are called at the moment, in memory that the watchdog's thread reads while the main thread is held: a few
 * stores a call. A call is a mark (plugin and command as one number, 0 for none) and the id of its callback, packed.
 */
const CALL_WORDS = 1 + ID_WORDS
/** Handlers that have returned a promise, as many as are told of. */
const SLOTS = 64

/** The main thread counts it up, several times a second. */
export const BEAT = 0
/** Not 0 while a debugger may hold the main thread. */
export const INSPECTED = 1
/** The call that runs now; behind it those that wait for their promise. */
const CURRENT = 2

/** Commands that a mark can tell apart. */
const COMMANDS = 4096

/** Shared by the threads. */
export const cells = new Uint32Array(
  new SharedArrayBuffer((CURRENT + (1 + SLOTS) * CALL_WORDS) * Uint32Array.BYTES_PER_ELEMENT),
)

const free = Array.from({ length: SLOTS }, (_, slot) => SLOTS - slot)

/** Where in the cells each call is; the one that runs now is the first. */
const places: readonly number[] = Array.from({ length: 1 + SLOTS }, (_, slot) => placeOf(slot))

function placeOf(slot: number): number {
  return CURRENT + slot * CALL_WORDS
}

/** The mark of a plugin's handler for a command, by their numbers; -1 for a command that the table does not know. */
export function markOf(plugin: number, command: number): number {
  return plugin * COMMANDS + command + 2
}

/** Back to the numbers. */
function numbersOf(mark: number): { plugin: number; command: number } {
  return { plugin: Math.floor((mark - 1) / COMMANDS), command: ((mark - 1) % COMMANDS) - 1 }
}

/** A call as its numbers, and the id of its callback. */
export interface CallInCells {
  readonly plugin: number
  readonly command: number
  readonly id: string
}

/** The calls that wait for their promise, or that one which runs now. */
export function callsIn(all: Uint32Array): { current: CallInCells | undefined; waiting: CallInCells[] } {
  const [current, ...waiting] = places.map((place) => callAt(all, place))
  return { current, waiting: waiting.filter((call) => call !== undefined) }
}

function callAt(all: Uint32Array, place: number): CallInCells | undefined {
  const mark = all[place] ?? 0
  return mark === 0 ? undefined : { ...numbersOf(mark), id: unpackId(all, place + 1) }
}

/** Says what is called now. */
export function beginCall(mark: number, id: string): void {
  packId(id, cells, CURRENT + 1)
  cells[CURRENT] = mark
}

/** Nothing is called any more, as far as the call has not returned a promise. */
export function endCall(): void {
  cells[CURRENT] = 0
}

/** Says that a call goes on; what comes back is for `settleCall`, and 0 where there are too many to be told of. */
export function keepCall(mark: number, id: string): number {
  const slot = free.pop()
  if (slot === undefined) return 0
  const place = placeOf(slot)
  packId(id, cells, place + 1)
  cells[place] = mark
  return slot
}

export function settleCall(slot: number): void {
  if (slot === 0) return
  cells[placeOf(slot)] = 0
  free.push(slot)
}
