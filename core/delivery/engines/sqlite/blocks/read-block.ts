import { isUtf8 } from 'node:buffer'
import { isObject } from '../../../../lib/json.ts'
import type { Value } from '../../../../store/sqlite/database.ts'
import type { Entry } from '../../../history.ts'
import { type Head, type Unpacked, unpackWith } from './block.ts'

/**
 * The columns of a block or a pinned callback, as bytes. The driver ends the process over a text that is not UTF-8, and
 * one damaged byte is enough for that.
 */
export const BLOCK_COLUMNS = 'received_at, CAST(sets AS BLOB) AS sets, CAST(heads AS BLOB) AS heads'
export const BODIES = 'CAST(bodies AS BLOB) AS bodies'
/** The other columns of a pinned callback. */
export const UNDELIVERED = 'CAST(outcome AS BLOB) AS outcome, code, failed, CAST(error AS BLOB) AS error'

/** A row of a block or a pinned callback; `bodies` if they were read. */
export interface BlockRow {
  readonly first: number
  readonly last: number
  readonly received_at: number
  readonly sets: Value
  readonly heads: Value
  readonly bodies?: Value
  /** Set if it is undelivered. */
  readonly outcome?: Value
  readonly code?: number
  readonly failed?: 0 | 1
  readonly error?: Value
}

/** A stored block, or a pinned callback. */
export interface StoredBlock {
  readonly first: number
  readonly last: number
  /** Empty if the block cannot be read. */
  readonly callbacks: readonly Unpacked[]
  readonly damage?: Damage
}

/** Callbacks that can no longer be read. Times are milliseconds since 1970. */
export interface Damage {
  readonly first: number
  readonly last: number
  readonly receivedAt: number
  /** How many of them were for each plugin, as far as that can be read. */
  readonly plugins: Readonly<Record<string, number>>
}

/**
 * Reads a row. In a damaged block, the callbacks that are known to be damaged have no body. If it is not known which ones
 * are, none is returned.
 */
export function readBlock(row: BlockRow): StoredBlock {
  const { first, last, received_at: receivedAt } = row
  const sets = setsOf(row.sets)
  const callbacks = sets && callbacksOf(row, sets)
  const undelivered = undeliveredOf(row)
  if (callbacks && undelivered) return { first, last, callbacks: callbacks.map((one) => ({ ...one, undelivered })) }
  if (callbacks) return { first, last, callbacks }
  const plugins: Record<string, number> = {}
  for (const [ids, count] of sets ?? []) for (const id of ids) plugins[id] = (plugins[id] ?? 0) + count
  return { first, last, callbacks: [], damage: { first, last, receivedAt, plugins } }
}

function undeliveredOf(row: BlockRow): Entry['undelivered'] {
  const outcome = textOf(row.outcome) as NonNullable<Entry['undelivered']>['outcome'] | ''
  if (outcome === '') return undefined
  const error = textOf(row.error)
  return { outcome, code: row.code ?? 0, failed: row.failed === 1, ...(error !== '' && { error }) }
}

/** How many of a row's callbacks are for a plugin; 0 if that cannot be read. */
export function countIn(sets: Value, plugin: string): number {
  return (setsOf(sets) ?? []).reduce((sum, [ids, count]) => (ids.includes(plugin) ? sum + count : sum), 0)
}

/** The text of a column that was cast to a BLOB. Bytes that are not UTF-8 are replaced. */
export function textOf(value: Value | undefined): string {
  return bytesOf(value).toString()
}

/** A callback of which nothing else can be read. */
export function unreadable(seq: number, receivedAt: number, plugins: readonly string[]): Unpacked {
  const nothing = { id: '', identity: '', sdkAppId: 0, command: '', signed: false, maybeResend: false }
  return { seq, plugins, ...nothing, receivedAt, key: undefined, query: '', raw: '' }
}

function callbacksOf(row: BlockRow, sets: readonly PluginSet[]): Unpacked[] | undefined {
  const { first, last, received_at: receivedAt, bodies } = row
  const heads = headsOf(textOf(row.heads), last - first + 1)
  if (!heads || heads.some((head) => head && !sets[head[0]])) return undefined
  const hasBodies = bodies !== undefined
  const decoded = hasBodies ? decode(bytesOf(bodies)) : { text: '', hole: undefined }
  const spans = decoded && (hasBodies ? spansOf(heads, decoded) : heads.map(() => ({ length: 0, isWhole: true })))
  if (!spans) return undefined
  let end = 0
  const all = [...new Set(sets.flatMap(([ids]) => ids))]
  return heads.map((head, index) => {
    const { length = 0, isWhole = false } = spans[index] ?? {}
    const text = decoded.text.slice(end, (end += length))
    const seq = first + index
    if (head) return unpackWith(head, { seq, plugins: sets[head[0]]?.[0] ?? [], text: isWhole ? text : '' })
    return unreadable(seq, receivedAt, all)
  })
}

interface Span {
  length: number
  isWhole: boolean
}

/**
 * The length of each callback's texts. The lengths of the intact ones are known, so a damaged one, or two in a row, get
 * what is left between them.
 */
function spansOf(heads: readonly (Head | undefined)[], { text, hole }: Decoded): Span[] | undefined {
  const spans = heads.map((head) => ({ length: head ? head[7] + head[8] + head[9] : 0, isWhole: head !== undefined }))
  const left = text.length - spans.reduce((sum, { length }) => sum + length, 0)
  const damaged = spans.find(({ isWhole }) => !isWhole)
  if (damaged && hole !== undefined) return undefined
  let end = 0
  const torn = hole === undefined ? damaged : spans.find(({ length }) => (end += length) > hole)
  if (!torn) return left === 0 ? spans : undefined
  torn.length += left
  torn.isWhole = false
  return torn.length >= 0 ? spans : undefined
}

/** The heads, with undefined for one that cannot be read. Undefined altogether if it is not known which one that is. */
function headsOf(text: string, count: number): (Head | undefined)[] | undefined {
  const heads = parse(text)
  if (Array.isArray(heads) && heads.length === count && heads.every(isHead)) return heads
  // A damaged comma merges two heads into one.
  const parts = text.slice(1, -1).split(/(?<=\]),(?=\[)/)
  const missing = count - parts.length
  if (missing < 0 || missing > 1) return undefined
  const found = parts.flatMap((part): (Head | undefined)[] => {
    const head = parse(part)
    return isHead(head) ? [head] : Array.from({ length: 1 + missing }, () => undefined)
  })
  return found.length === count && found.filter((head) => !head).length <= 1 + missing ? found : undefined
}

const KINDS = ['number', 'number', 'number', 'number', 'string', 'string', 'string', 'number', 'number', 'number']

function isHead(value: unknown): value is Head {
  return Array.isArray(value) && value.length === KINDS.length && KINDS.every((kind, n) => typeof value[n] === kind)
}

type PluginSet = readonly [ids: readonly string[], count: number]

function setsOf(value: Value): PluginSet[] | undefined {
  const sets = parse(textOf(value))
  const isSet = (set: unknown): boolean => Array.isArray(set) && Array.isArray(set[0]) && typeof set[1] === 'number'
  return Array.isArray(sets) && sets.every(isSet) ? (sets as PluginSet[]) : undefined
}

interface Decoded {
  readonly text: string
  /** Where a damaged character was left out. */
  readonly hole: number | undefined
}

/** Bytes of the longest UTF-8 character. */
const MAX_CHARACTER_BYTES = 4

/** Decodes bytes in which one character may be damaged; undefined if more are. */
function decode(bytes: Buffer): Decoded | undefined {
  if (isUtf8(bytes)) return { text: bytes.toString(), hole: undefined }
  const replaced = Buffer.from(bytes.toString())
  let start = 0
  while (bytes[start] === replaced[start]) start++
  // There is U+FFFD now, whose first bytes may be the same.
  while (((replaced[start] ?? 0) & 0xc0) === 0x80) start--
  let end = start + 1
  while (end < start + MAX_CHARACTER_BYTES && !isUtf8(bytes.subarray(end))) end++
  if (!isUtf8(bytes.subarray(end))) return undefined
  const before = bytes.toString('utf8', 0, start)
  return { text: before + bytes.toString('utf8', end), hole: before.length }
}

export function bytesOf(value: Value | undefined): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  // libsql returns an ArrayBuffer.
  return isObject(value) ? Buffer.from(value as unknown as ArrayBuffer) : Buffer.alloc(0)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
