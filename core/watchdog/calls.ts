import { ID_WORDS, packId, unpackId } from '../lib/id.ts'

/**
 * The handler calls under way, in shared memory that the watchdog's thread can read while the main thread is blocked.
 * Costs a few writes a call. A call is a mark (plugin and command as one number, 0 for none) and the packed id of its
 * callback.
 */
const CALL_WORDS = 1 + ID_WORDS
/** Number of asynchronous calls that are tracked. */
const SLOTS = 64

/** Heartbeat: the main thread increments it several times a second. */
export const BEAT = 0
/** Not 0 while a debugger may pause the main thread. */
export const INSPECTED = 1
/** The synchronous call that runs now. The asynchronous calls follow it. */
const CURRENT = 2

/** Number of commands that a mark can encode. */
const COMMANDS = 4096

/** Shared between the threads. */
export const cells = new Uint32Array(
  new SharedArrayBuffer((CURRENT + (1 + SLOTS) * CALL_WORDS) * Uint32Array.BYTES_PER_ELEMENT),
)

const free = Array.from({ length: SLOTS }, (_, slot) => SLOTS - slot)

/** The offset of each call in the cells; the first is the one that runs now. */
const places: readonly number[] = Array.from({ length: 1 + SLOTS }, (_, slot) => placeOf(slot))

function placeOf(slot: number): number {
  return CURRENT + slot * CALL_WORDS
}

/** Encodes plugin and command numbers as a mark; command -1 is one that is not in the table. */
export function markOf(plugin: number, command: number): number {
  return plugin * COMMANDS + command + 2
}

/** Decodes a mark. */
function numbersOf(mark: number): { plugin: number; command: number } {
  return { plugin: Math.floor((mark - 1) / COMMANDS), command: ((mark - 1) % COMMANDS) - 1 }
}

/** A decoded call, with the id of its callback. */
export interface CallInCells {
  readonly plugin: number
  readonly command: number
  readonly id: string
}

/** Reads the call that runs now and those that wait for their promise. */
export function callsIn(all: Uint32Array): { current: CallInCells | undefined; waiting: CallInCells[] } {
  const [current, ...waiting] = places.map((place) => callAt(all, place))
  return { current, waiting: waiting.filter((call) => call !== undefined) }
}

function callAt(all: Uint32Array, place: number): CallInCells | undefined {
  const mark = all[place] ?? 0
  return mark === 0 ? undefined : { ...numbersOf(mark), id: unpackId(all, place + 1) }
}

/** Records the call that runs now. */
export function beginCall(mark: number, id: string): void {
  packId(id, cells, CURRENT + 1)
  cells[CURRENT] = mark
}

/** Clears the call that ran. `trackPending` tracks one that has returned a promise. */
export function endCall(): void {
  cells[CURRENT] = 0
}

/** Tracks a call that has returned a promise. Pass the result to `settleCall`; 0 means that no slot was free. */
export function trackPending(mark: number, id: string): number {
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
