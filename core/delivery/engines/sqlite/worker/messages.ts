import type { StoreOperations } from '../../../../store/sqlite/stores.ts'
import type { Ending } from '../../../delivery.ts'
import type { Block, Unpacked } from '../blocks/block.ts'
import type { Damage } from '../blocks/read-block.ts'
import type { Limits, Retained } from './retain.ts'

/** A callback as it is stored. */
export interface Stored extends Omit<Unpacked, 'plugins' | 'identity'> {
  readonly resends: number
}

/** One that a plugin has still to get. */
export interface Waiting extends Stored {
  readonly attempt: number
  /** When the next attempt is due; milliseconds since 1970. */
  readonly dueAt: number | undefined
  /** As in the table: how often the process has died over it in a row, negative where it has waited since. */
  readonly tries: number
}

/** What was kept and not delivered. */
export interface UndeliveredRow extends Omit<Stored, 'seq' | 'resends' | 'key' | 'maybeResend'> {
  readonly outcome: string
  readonly code: number
  readonly failed: boolean
  readonly error: string | undefined
  /** Whether it goes first where room is needed. */
  readonly expendable: boolean
}

/** What has become of a callback with one plugin, and where that plugin is. */
export type Change =
  /** Everything at or below is settled. */
  | readonly ['cursor', plugin: string, seq: number]
  /** Settled, though one before it is not. */
  | readonly ['done', plugin: string, seq: number]
  /** No longer pending. */
  | readonly ['finished', plugin: string, seq: number]
  | readonly ['pending', plugin: string, seq: number, next: NextAttempt]
  /** `fault`: dead because its body is not what the types promise. */
  | readonly ['dead', plugin: string, seq: number, attempts: number, error: string, at: number, fault?: boolean]
  /** See the table. */
  | readonly ['try', plugin: string, seq: number, n: number]
  | readonly ['resent', seq: number]

/** Without `dueAt` it waits for those of its chain that came before it. */
export interface NextAttempt {
  readonly attempt: number
  readonly dueAt?: number
  readonly error?: string
  readonly chain?: string
}

/** Where a plugin stands when the server starts. */
export interface Standing {
  readonly cursor: number
  readonly waiting: number
  readonly chains: readonly { readonly key: string; readonly first: number }[]
}

/** What the worker does, by name: what it takes and what it gives. */
export interface Operations extends StoreOperations {
  begin: [
    arg: { plugins: readonly string[] },
    result: { clean: boolean; last: number; plugins: Record<string, Standing>; removed: string[] },
  ]
  /**
   * Gives the number of the first, larger than those of all stored before; those of the others follow. Where not all
   * could be stored: the number of each, or its fault.
   */
  append: [arg: Block, result: number | readonly (number | Fault)[]]
  /**
   * A refused one that came within the window of an equal one, in milliseconds, is counted on that. Gives how many refused
   * ones had to go for it: they have a share of the room, in bytes.
   */
  recordUndelivered: [arg: UndeliveredRow & { readonly share: number; readonly resendWindow: number }, result: number]
  change: [arg: readonly Change[], result: void]
  /** The next that the plugin has not had, how many cannot be read, and how far was looked; `end` when nothing is left. */
  page: [
    arg: { plugin: string; after: number; limit: number },
    result: { rows: Waiting[]; lost: number; scanned: number; end: boolean },
  ]
  /** Due retries, without those in `skip`, and when the next one is due. What is due later than in `longestMs` is due. */
  due: [
    arg: { plugin: string; now: number; longestMs: number; limit: number; skip: readonly number[] },
    result: { rows: Waiting[]; next: number | undefined },
  ]
  /** The first ones of a chain up to a number; where there are none, the number of its first one. */
  chain: [
    arg: { plugin: string; chain: string; upTo: number; limit: number },
    result: { rows: Waiting[]; next: number | undefined },
  ]
  /** What came since then, oldest first, in blocks; and how often those that came again did. */
  recent: [
    arg: { since: number; after: number; limit: number },
    result:
      | {
          blocks: readonly { first: number; heads: string }[]
          resends: readonly { seq: number; times: number }[]
          last: number
        }
      | undefined,
  ]
  /** Makes dead letters of what a removed plugin has not had, as long as it takes until the `end`. */
  deadLetterRemoved: [
    arg: { plugin: string; now: number; limit: number; error: string },
    result: { count: number; end: boolean },
  ]
  retain: [arg: Limits, result: Retained]
  /** Works on some of what other processes asked for; the plugins that have got something to do, and how much. */
  requests: [arg: { now: number; plugins: readonly string[] }, result: { woken: Record<string, number>; more: boolean }]
  /** Nothing: its reply comes once all that was asked before is on disk, or has failed. */
  barrier: [arg: undefined, result: void]
  /** Moves what is left in the log to the file, so that it begins anew. */
  checkpoint: [arg: undefined, result: void]
  /** Proves that the file can be written to. */
  probe: [arg: undefined, result: void]
  /** The file is lost: nothing is to be moved to what may stand in its place. */
  abandon: [arg: undefined, result: void]
  /** Bounds the file, as a full disk would. For tests. */
  limitPages: [arg: { pages: number }, result: void]
  /** `marked`: it is noted that all has ended well. `sharesLog`: another server reads what this one has written. */
  close: [arg: { ending: Ending }, result: { marked: boolean; sharesLog: boolean }]
}

export type Name = keyof Operations
export type Arg<N extends Name> = Operations[N][0]
export type Result<N extends Name> = Operations[N][1]

/** One thing for the worker to do. Before the first it is told the file, as text. */
export interface Request {
  readonly name: Name
  readonly arg: unknown
}

/** What came of a request, or of the opening: replies come in the order of what they answer. */
export interface Reply {
  readonly result?: unknown
  readonly error?: Fault
  /** What was found to be damaged meanwhile. */
  readonly damage?: readonly Damage[]
}

/** An error, as it goes from one thread to another. */
export interface Fault {
  readonly message: string
  readonly code: string | undefined
  readonly hint: string
}
