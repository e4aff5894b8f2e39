import type { StoreOperations } from '../../../../store/sqlite/stores.ts'
import type { Ending } from '../../../delivery.ts'
import type { Block, Unpacked } from '../blocks/block.ts'
import type { Damage } from '../blocks/read-block.ts'
import type { Limits, Retained } from './retain.ts'

/** A stored callback. */
export interface Stored extends Omit<Unpacked, 'plugins' | 'identity'> {
  readonly resends: number
}

/** A callback that waits for a plugin. */
export interface Waiting extends Stored {
  readonly attempt: number
  /** When the next attempt is due; milliseconds since 1970. */
  readonly dueAt: number | undefined
  /** As in the table `tries`: how many crashes in a row it caused, negative if it was suspended since. */
  readonly tries: number
}

/** A callback that is recorded but not delivered. */
export interface UndeliveredRow extends Omit<Stored, 'seq' | 'resends' | 'key' | 'maybeResend'> {
  readonly outcome: string
  readonly code: number
  readonly failed: boolean
  readonly error: string | undefined
  /** Whether it is deleted first when room is needed. */
  readonly expendable: boolean
}

/** The outcome of a callback for one plugin, or the plugin's new cursor. */
export type Change =
  /** Everything up to this number is settled. */
  | readonly ['cursor', plugin: string, seq: number]
  /** Settled, though an earlier callback is not. */
  | readonly ['done', plugin: string, seq: number]
  /** No longer pending. */
  | readonly ['finished', plugin: string, seq: number]
  | readonly ['pending', plugin: string, seq: number, next: NextAttempt]
  /** `fault`: its body does not match the types. */
  | readonly ['dead', plugin: string, seq: number, attempts: number, error: string, at: number, fault?: boolean]
  /** See the table `tries` in schema.ts. */
  | readonly ['try', plugin: string, seq: number, n: number]
  | readonly ['resent', seq: number]

/** Without `dueAt` it waits for the earlier callbacks of its chain. */
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

/** The operations of the worker by name, with argument and result. */
export interface Operations extends StoreOperations {
  begin: [
    arg: { plugins: readonly string[] },
    result: { clean: boolean; last: number; plugins: Record<string, Standing>; removed: string[] },
  ]
  /**
   * Stores a block. Returns the number of its first callback, larger than all before; the others follow. If some could
   * not be stored: the number or the fault of each.
   */
  append: [arg: Block, result: number | readonly (number | Fault)[]]
  /**
   * Records an undelivered callback. One that is refused again within `resendWindow` milliseconds counts as a resend.
   * Refused callbacks have `share` bytes; returns how many were evicted to keep to that.
   */
  recordUndelivered: [arg: UndeliveredRow & { readonly share: number; readonly resendWindow: number }, result: number]
  change: [arg: readonly Change[], result: void]
  /** Reads the plugin's next callbacks. `lost` cannot be read, `scanned` is the last number looked at, `end`: nothing is left. */
  page: [
    arg: { plugin: string; after: number; limit: number },
    result: { rows: Waiting[]; lost: number; scanned: number; end: boolean },
  ]
  /** Reads due retries except `skip`, and when the next is due. One due later than in `longestMs` counts as due. */
  due: [
    arg: { plugin: string; now: number; longestMs: number; limit: number; skip: readonly number[] },
    result: { rows: Waiting[]; next: number | undefined },
  ]
  /** Reads the first callbacks of a chain up to a number. If there are none, `next` is the number of its first. */
  chain: [
    arg: { plugin: string; chain: string; upTo: number; limit: number },
    result: { rows: Waiting[]; next: number | undefined },
  ]
  /** Reads the blocks received since a time, oldest first, and the counts of their resends. */
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
  /** Dead-letters some of what waits for a removed plugin. Repeat it until `end`. */
  deadLetterRemoved: [
    arg: { plugin: string; now: number; limit: number; error: string },
    result: { count: number; end: boolean },
  ]
  retain: [arg: Limits, result: Retained]
  /** Handles some requests of other processes. Returns how many callbacks became pending, by plugin. */
  requests: [arg: { now: number; plugins: readonly string[] }, result: { woken: Record<string, number>; more: boolean }]
  /** Does nothing. Its reply comes once every earlier request is on disk, or has failed. */
  barrier: [arg: undefined, result: void]
  /** Moves the rest of the log into the file, so that the log starts over. */
  checkpoint: [arg: undefined, result: void]
  /** When the oldest callback that a plugin has not finished was received, milliseconds since 1970, by plugin. */
  oldest: [arg: { plugins: readonly string[] }, result: Record<string, number>]
  /** Proves that the file can be written to. */
  probe: [arg: undefined, result: void]
  /** Stops all checkpoints: the file is lost, and another may be in its place. */
  abandon: [arg: undefined, result: void]
  /** Limits the file size, as a full disk would. For tests. */
  limitPages: [arg: { pages: number }, result: void]
  /** `marked`: the clean stop is recorded. `sharesLog`: another server reads the log that this one wrote. */
  close: [arg: { ending: Ending }, result: { marked: boolean; sharesLog: boolean }]
}

export type Name = keyof Operations
export type Arg<N extends Name> = Operations[N][0]
export type Result<N extends Name> = Operations[N][1]

/** A request to the worker. The very first message is the file name instead. */
export interface Request {
  readonly name: Name
  readonly arg: unknown
}

/** The reply to a request, or to the opening. Replies come in the order of requests. */
export interface Reply {
  readonly result?: unknown
  readonly error?: Fault
  /** Damage that was found meanwhile. */
  readonly damage?: readonly Damage[]
}

/** An error, in a form that can be posted between threads. */
export interface Fault {
  readonly message: string
  readonly code: string | undefined
  readonly hint: string
}
