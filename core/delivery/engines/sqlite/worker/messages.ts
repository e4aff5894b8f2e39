import { type ErrorCode, TimhookError } from '../../../../errors.ts'
import type { StoredCallback } from '../../../../callback/callback.ts'
import type { StoreOperations } from '../../../../store/sqlite/stores.ts'
import type { Change, DuePage, DueQuery, NewLease, Noticed, Page, WaitingCallback } from '../../../callback-log.ts'
import type { Ending, Hold } from '../../../delivery.ts'
import type { Block } from '../blocks/block.ts'
import type { Damage } from '../blocks/read-block.ts'
import type { Limits, Retained } from './retain.ts'

/** A callback that is recorded but not delivered. */
export interface UndeliveredRow extends StoredCallback {
  readonly outcome: string
  readonly code: number
  readonly failed: boolean
  readonly error: string | undefined
  /** Whether it is deleted first when room is needed. */
  readonly expendable: boolean
}

/** Where a plugin stands when the server starts. */
export type Standing = Pick<NewLease, 'cursor' | 'waiting'>

/** A plugin that is no longer configured, and since when, milliseconds since 1970. */
export interface Removed {
  readonly plugin: string
  readonly since: number
}

/** The operations of the worker by name, with argument and result. */
export interface Operations extends StoreOperations {
  begin: [
    arg: { plugins: readonly string[]; now: number },
    result: { clean: boolean; last: number; plugins: Record<string, Standing>; removed: Removed[] },
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
  settle: [arg: readonly { readonly plugin: string; readonly changes: readonly Change[] }[], result: void]
  /** Counts a resend of the callback with a number. */
  resent: [arg: number, result: void]
  /** As `read` of CallbackLog. */
  page: [arg: { plugin: string; after: number; limit: number }, result: Page]
  /** As `readDue` of CallbackLog. */
  due: [arg: DueQuery & { plugin: string; now: number }, result: DuePage]
  /** As `fetch` of CallbackLog. */
  fetch: [arg: { plugin: string; seqs: readonly number[] }, result: WaitingCallback[]]
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
  /** Handles some requests of other processes. `onlyHolds`: all that pause and resume, before anything is delivered. */
  requests: [arg: { now: number; plugins: readonly string[]; onlyHolds?: boolean }, result: Noticed]
  hold: [arg: { plugin: string; hold: Hold | undefined }, result: void]
  /** Does nothing. Its reply comes once every earlier request is on disk, or has failed. */
  barrier: [arg: undefined, result: void]
  /** Moves the rest of the log into the file, so that the log starts over. */
  checkpoint: [arg: undefined, result: void]
  /** Proves that the file can be written to. Returns when the oldest pending callback of each plugin came. */
  probe: [arg: undefined, result: Record<string, number>]
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
  /** Damage that was found in the meantime. */
  readonly damage?: readonly Damage[]
}

/** An error, in a form that can be posted between threads. */
export interface Fault {
  readonly message: string
  readonly code: string | undefined
  readonly hint: string
}

export function faultOf(error: unknown): Fault {
  const { message, code } = error as { message: string; code?: unknown }
  const hint = error instanceof TimhookError ? error.hint : ''
  return { message, code: typeof code === 'string' ? code : undefined, hint }
}

/** The TimhookError that a fault was, or else a plain error. */
export function errorOf({ message, code, hint }: Fault): Error {
  return code?.startsWith('STORE_') ? new TimhookError(code as ErrorCode, message, { hint }) : new Error(message)
}
