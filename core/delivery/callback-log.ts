import type { StoredCallback } from '../callback/callback.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Hold, Undelivered } from './delivery.ts'

/**
 * What an engine implements: a log of callbacks in partitions, and where each plugin stands in them. Everything else
 * between an acknowledgement and a handler is written once, in `consume/`. What each state of a callback means is in
 * docs/architecture.md, under "Delivery".
 *
 * Numbers:
 * - L1. A callback has a number in its partition: 1 or more, larger than all before it, and it never changes.
 * - L2. Once a read has returned `scanned`, nothing is ever stored at or below it in that partition. Numbers that went to
 *   a failed append stay empty. So a callback whose number is `scanned + 1` is the next one.
 *
 * Appends:
 * - L3. The resend check and the append are one step: of two callbacks with the same identity that arrive at once, on
 *   whichever process, one is stored and the other counts as its resend.
 * - L4. `stored` and `repeats` are called when the callback (or the first one) is as durable as the engine makes it.
 *   After `failed` it may still have been stored, and is then delivered: a lost reply proves nothing.
 *
 * Settling:
 * - L5. A `Settlement` is written whole or not at all. Those of one call may be split: each has its own lease.
 * - L6. Settlements of a lease are written in the order of the calls. After a rejected call the consumer sends the same
 *   changes again, ahead of later ones, although they may have been written: so each change is idempotent.
 * - L7. `pending`, `dead` and `finished` move a callback in one step: they mark it done if it is beyond the cursor, and
 *   remove its row in `pending` or `held` and its `try`. So it is in one place at any time.
 * - L8. The log keeps what a plugin has not finished, whatever retention says: a callback that is pending or dead is
 *   pinned, which means that it stays readable after those around it are gone.
 *
 * Leases:
 * - L9. For each plugin a partition is leased to one process at a time. Each lease has a larger fence than the last.
 * - L10. `settle` refuses a settlement whose lease now belongs to another process: none of it is written, and its
 *   result is false. Reads need not check fences, since a former owner cannot settle what it reads.
 * - L11. A lease that is neither renewed nor returned expires, and its successor is not `clean`.
 */
export interface CallbackLog {
  /**
   * Opens the log, creates or migrates its tables, and starts its upkeep: retention, removed plugins, room.
   * Carries out earlier requests to pause or resume plugins first, so that nothing is delivered in spite of them.
   * @throws TimhookError with a code that begins with STORE_
   */
  open(listener: LogListener): Promise<OpenedLog>
  /** Milliseconds since 1970, on the clock that `dueAt` is compared with. */
  now(): number
  /** Stores a callback, unless it repeats one in the resend window. Callbacks of one tick are stored together. */
  append(callback: Append): void
  /** The resends so far of a callback that this process appended; `entry` is that of its Append. 0 if not known. */
  resendsOf(entry: number): number
  /** Reads the next unsettled callbacks of a plugin after a number, in order. */
  read(lease: Lease, after: number, limit: number): Promise<Page>
  /** Reads pending callbacks that are due, longest overdue first. */
  readDue(lease: Lease, due: DueQuery): Promise<DuePage>
  /** Reads callbacks beyond the cursor by their numbers, in order. Leaves out those that cannot be read. */
  fetch(lease: Lease, seqs: readonly number[]): Promise<readonly WaitingCallback[]>
  /** Writes outcomes. Resolves with whether each settlement was written, or refused because of its fence. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>
  /**
   * Renews leases, returns some, and takes free ones. Called once at the start, and then four times per `validMs`.
   * With a single process, the first call grants every partition for good.
   */
  lease(request: LeaseRequest): Promise<LeaseReply>
  /**
   * Carries out some requests of other processes (see history.ts), and returns what has changed. Called every 250 ms
   * and after a notification.
   */
  requests(plugins: readonly string[]): Promise<Noticed>
  /** Stores that a plugin is held; undefined if it no longer is. */
  hold(plugin: string, hold: Hold | undefined): Promise<void>
  /** Stores a callback that is not delivered. `isKnown`: whether the table has its command. */
  recordUndelivered(callback: StoredCallback, undelivered: Undelivered, isKnown: boolean): Promise<void>
  /**
   * Resolves with the time of receipt of each plugin's oldest pending callback (milliseconds since 1970). Rejects
   * with the reason while callbacks cannot be stored.
   */
  probe(plugins: readonly string[]): Promise<Readonly<Record<string, number>>>
  /**
   * Ends the upkeep. Nothing is called after that. The engine's `close` returns the leases that are left, because it
   * knows how the work ended.
   */
  close(): Promise<void>
}

export interface OpenedLog {
  readonly partitions: number
  /** All plugins that are held. */
  readonly holds: Readonly<Record<string, Hold>>
}

/** Hints from the log to its consumers. They may come too often, and callbacks are found without them. */
export interface LogListener {
  /** Appends are about to be committed: settlements sent now can share the commit. */
  readonly appending: () => void
  /** There may be something new: in one partition, or anywhere, requests among them. */
  readonly notified: (partition?: number) => void
  /** Leases may be free, and calling `lease` at once saves time. */
  readonly freed: () => void
}

/** A callback to store, and what gets the result, in one object. The methods must not throw. */
export interface Append extends StoredCallback {
  /** All callbacks of an order key are in one partition. */
  readonly partition: number
  /** The plugins that get it, sorted, as JSON. Later changes of the config do not change them. */
  readonly plugins: string
  /** Two callbacks with the same identity count as the same. 22 characters. */
  readonly identity: string
  /** Whether an equal identity means the same event sent again. If not, it is stored and marked as maybe a resend. */
  readonly identifiesEvent: boolean
  /** Whether it is among the first to be deleted when room is needed, once it is finished. */
  readonly expendable: boolean
  /** Its order key; undefined if it is unordered. Without NUL. */
  readonly key: string | undefined
  /** The parsed body, for the names in it. */
  readonly body?: JsonObject | undefined
  /** Set by the log before `stored`: whether an equal one was received before. */
  maybeResend: boolean
  /** Set by the log before `stored`, if it counts resends: see `resendsOf`. */
  entry: number
  stored(seq: number): void
  /**
   * It is the n-th resend of the callback with this id, and has been counted. Nothing follows, unless its identity does
   * not identify an event: then `stored` or `failed` follows.
   */
  repeats(firstId: string, resends: number): void
  failed(error: unknown): void
}

/** A stored callback, as read for one plugin. Its `raw` is empty if it is damaged. */
export interface WaitingCallback extends StoredCallback {
  readonly seq: number
  readonly key: string | undefined
  readonly maybeResend: boolean
  readonly resends: number
  /** The next attempt, from 1. */
  readonly attempt: number
  /** When the next attempt is due, if the callback is pending or held. */
  readonly dueAt: number | undefined
  /** Since when it has been put off without an attempt, if it is. */
  readonly deferredSince?: number | undefined
  /** n: it was called as a suspect, and a crash would be the n-th. -n: it waits after n crashes. 0: not a suspect. */
  readonly tries: number
}

/** Some of a plugin's callbacks. */
export interface Page {
  readonly rows: readonly WaitingCallback[]
  /** How many of the plugin's callbacks were found damaged and left out. */
  readonly lost: number
  /** Everything up to this number was looked at: L2. */
  readonly scanned: number
  /** Whether nothing was stored after `scanned` at the time. */
  readonly end: boolean
  /** How many of the plugin's callbacks were ever stored in this partition, if other processes store some of them. */
  readonly stored?: number
}

export interface DueQuery {
  /** The longest delay of a retry, ms. What is due later was written before the clock was set back, and so is due now. */
  readonly longestMs: number
  readonly limit: number
  /** Numbers that are being delivered. */
  readonly skip: readonly number[]
}

export interface DuePage {
  readonly rows: readonly WaitingCallback[]
  /** When the next one is due: now, if they did not all fit. Undefined if none waits. */
  readonly next: number | undefined
}

/** The right to deliver and settle a plugin's callbacks in one partition. */
export interface Lease {
  readonly plugin: string
  readonly partition: number
  /** 0 with a single process. */
  readonly fence: number
}

/** A new lease, and where the plugin stands. */
export interface NewLease extends Lease {
  /** Whether all handlers of the former owner have ended. If not, those that were running are suspects. */
  readonly clean: boolean
  /** Everything up to this number is settled, or not for the plugin. */
  readonly cursor: number
  /** The last stored number. */
  readonly tail: number
  /** How many callbacks wait for the plugin, beyond the cursor or pending. */
  readonly waiting: number
  /** The value of a page's `stored` when the lease was granted, if pages have one. */
  readonly stored?: number
  /** The id of the callback that ended the last process, if known. Then no other is a suspect. */
  readonly suspect?: string | undefined
}

export interface LeaseRequest {
  readonly plugins: readonly string[]
  /** The leases of this process: first those that it is about to return, then the idlest. */
  readonly held: readonly Lease[]
  /** The leases that it returns: all their handlers have ended, and everything is settled. */
  readonly returned: readonly Lease[]
  /** The process is stopping, and takes no more leases. */
  readonly isLeaving: boolean
}

export interface LeaseReply {
  readonly taken: readonly NewLease[]
  /** Those of `held` that now belong to other processes. */
  readonly lost: readonly Lease[]
  /** Those of `held` to return soon, because other processes have fewer. */
  readonly surplus: readonly Lease[]
  /** How long the leases are valid from when the request was sent, milliseconds; Infinity for good. */
  readonly validMs: number
}

/** The outcomes of callbacks under one lease. */
export interface Settlement {
  readonly lease: NewLease
  readonly changes: readonly Change[]
  /** How many callbacks became done or dead under the lease, up to and including these changes. */
  readonly finished: number
}

/** How many of the plugin's callbacks were finished when the lease was granted, of all that were ever stored. */
export function finishedBefore({ stored = 0, waiting }: NewLease): number {
  return stored - waiting
}

/** One change to a plugin's callbacks in a partition. */
export type Change =
  /** Everything up to this number is settled. Marks of `done` up to there can go. */
  | readonly ['cursor', seq: number]
  /**
   * All of the plugin's callbacks in this range are settled, but an earlier one is not. The range replaces every mark of
   * `done` inside it: it is as wide as it can be, and ends before the next unsettled callback.
   */
  | readonly ['done', first: number, last: number]
  /** It is done, and was pending, held or a suspect. */
  | readonly ['finished', seq: number]
  /** It waits for `dueAt` out of order: a retry, or a suspended suspect. */
  | readonly ['pending', seq: number, next: NextAttempt]
  /** It waits for `dueAt` in its place, and so does its key. Never for one that was pending. */
  | readonly ['held', seq: number, next: NextAttempt]
  | readonly ['dead', seq: number, letter: NewDeadLetter]
  /** See `tries` of WaitingCallback. */
  | readonly ['try', seq: number, n: number]

export interface NextAttempt {
  readonly attempt: number
  /** Milliseconds since 1970. */
  readonly dueAt: number
  readonly error?: string
  readonly deferredSince?: number | undefined
}

export interface NewDeadLetter {
  readonly attempts: number
  readonly error: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Whether its body does not match its definition. Such dead letters have a limited share of the room. */
  readonly isFault: boolean
}

/** Changes made by other processes, or by requests to this one. */
export interface Noticed {
  /** How many callbacks became pending, by plugin. */
  readonly woken: Readonly<Record<string, number>>
  /** All plugins that are held. */
  readonly holds: Readonly<Record<string, Hold>>
  /** Whether more requests wait. */
  readonly more: boolean
}
