import type { StoredCallback } from '../callback/callback.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Hold, Undelivered } from './delivery.ts'

/**
 * What an engine implements: a log of callbacks in partitions, and where each plugin stands in them. Everything else
 * between an acknowledgement and a handler is written once, in `consume/`. What each state of a callback means is in
 * docs/architecture.md, under "Delivery".
 *
 * Of the numbers:
 * - L1. A callback has a number in its partition: 1 or more, larger than all before it, for good.
 * - L2. Once a read has returned `scanned`, nothing is ever stored at or below it in that partition. Numbers that were
 *   given to nothing (a failed append) stay empty. So a callback whose number is `scanned + 1` is the next one.
 *
 * Of appends:
 * - L3. The resend check and the append are one step: of two callbacks with one identity that come at once, on
 *   whichever process, one is stored and the other is its resend.
 * - L4. `stored` and `repeats` are called when the callback (or the first one) is as durable as the engine makes it.
 *   After `failed` it may be stored all the same, and is then delivered: a lost reply is no promise.
 *
 * Of settling:
 * - L5. A `Settlement` is written whole or not at all. Several of one call need not be: each has a lease of its own.
 * - L6. Settlements of a lease are written in the order of the calls. After a rejected call the consumer sends the same
 *   changes again, in front of later ones, and they may have been written the first time: each change is idempotent.
 * - L7. `pending`, `dead` and `finished` take a callback out of wherever it was in the same step: they mark it done where
 *   it is beyond the cursor, and remove its row in `pending` or `held` and its `try`. So it has one place at any time.
 * - L8. The log keeps what a plugin has not finished, whatever retention says: a callback that is pending or dead is
 *   pinned, which means that it stays readable after those around it are gone.
 *
 * Of leases:
 * - L9. A partition is leased to one process at a time for each plugin. Each lease has a larger fence than the one before.
 * - L10. `settle` refuses a settlement whose lease has been given to another process: nothing of it is written, and its
 *   result is false. Reads need not check fences: what a former owner reads, it cannot settle.
 * - L11. A lease that a process neither renewed nor returned ends by itself, and its successor is not `clean`.
 */
export interface CallbackLog {
  /**
   * Opens the log, makes or migrates what it needs, and starts its upkeep: retention, plugins that are gone, room.
   * Requests to pause or resume a plugin that came before are carried out: nothing is delivered against them.
   * @throws TimhookError with a code that begins with STORE_
   */
  open(listener: LogListener): Promise<OpenedLog>
  /** Milliseconds since 1970, on the clock that `dueAt` is compared with. */
  now(): number
  /** Stores a callback, unless it repeats one of the resend window. Callbacks of one tick are stored together. */
  append(callback: Append): void
  /** The resends so far of a callback that this process appended; `entry` is that of its NewCallback. 0 if not known. */
  resendsOf(entry: number): number
  /** Reads the next callbacks of a plugin behind a number that are not settled, in their order. */
  read(lease: Lease, after: number, limit: number): Promise<Page>
  /** Reads pending callbacks that are due, longest overdue first. */
  readDue(lease: Lease, due: DueQuery): Promise<DuePage>
  /** Reads callbacks beyond the cursor by their numbers, in their order. Leaves out those that cannot be read. */
  fetch(lease: Lease, seqs: readonly number[]): Promise<readonly WaitingCallback[]>
  /** Writes what became of callbacks. Resolves with whether each settlement was written, or refused by its fence. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>
  /**
   * Renews leases, gives some back, and takes free ones. Called once at the start, and then four times in `validMs`.
   * Where there is one process, the first call gives every partition for good.
   */
  lease(request: LeaseRequest): Promise<LeaseReply>
  /**
   * Carries out some requests of other processes (see history.ts), and returns what is to be noticed. Called every 250 ms
   * and after a notification.
   */
  requests(plugins: readonly string[]): Promise<Noticed>
  /** Stores that a plugin is held, or with undefined that it is not. */
  hold(plugin: string, hold: Hold | undefined): Promise<void>
  /** Stores a callback that is not delivered. `isKnown`: whether the table has its command. */
  recordUndelivered(callback: StoredCallback, undelivered: Undelivered, isKnown: boolean): Promise<void>
  /**
   * Resolves with when the oldest pending callback of each plugin came (milliseconds since 1970), if it has any. Rejects
   * with the reason while callbacks cannot be stored.
   */
  probe(plugins: readonly string[]): Promise<Readonly<Record<string, number>>>
  /**
   * Ends the upkeep. Nothing is called after that. Leases that are left are returned by `close` of the engine, which
   * knows how the work has ended.
   */
  close(): Promise<void>
}

export interface OpenedLog {
  readonly partitions: number
  /** All plugins that are held. */
  readonly holds: Readonly<Record<string, Hold>>
}

/** What the log tells its consumers. All of it may be called too often, and are never needed for a callback to be found. */
export interface LogListener {
  /** Appends are about to be committed: what is settled now can share the commit. */
  readonly appending: () => void
  /** There may be something new: in one partition, or anywhere, requests among them. */
  readonly notified: (partition?: number) => void
  /** Leases may be free: calling `lease` at once saves time. */
  readonly freed: () => void
}

/** A callback that is to be stored. */
export interface NewCallback {
  /** Callbacks of an order key are in one partition. */
  readonly partition: number
  /** The plugins that get it, sorted, as JSON. Later changes of the config do not change them. */
  readonly plugins: string
  readonly id: string
  /** What makes two callbacks the same, 22 characters. */
  readonly identity: string
  /** Whether an equal identity means the same event sent again. If not, it is stored and marked as maybe a resend. */
  readonly identifiesEvent: boolean
  readonly sdkAppId: number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly signed: boolean
  /** Whether it is deleted first when room is needed, once it is finished. */
  readonly expendable: boolean
  /** Its order key; undefined if it is unordered. Without NUL. */
  readonly key: string | undefined
  /** As in the URL. */
  readonly query: string
  readonly raw: string
  /** The body as parsed, for what it names. */
  readonly body?: JsonObject
  /** Set by the log before `stored`: whether an equal one came before. */
  maybeResend: boolean
  /** Set by the log before `stored`, if it counts resends: see `resendsOf`. */
  entry: number
}

/** One object for each callback that comes: what is stored, and who learns of it. */
export interface Append extends NewCallback, AppendWaiter {}

/** Learns what became of an append. Must not throw. */
export interface AppendWaiter {
  stored(seq: number): void
  /**
   * It repeats a callback, whose id this is, for the n-th time. That was counted. Nothing follows, unless its identity
   * does not identify an event: then `stored` or `failed` does.
   */
  repeats(firstId: string, resends: number): void
  failed(error: unknown): void
}

/** A stored callback, as read for one plugin. */
export interface WaitingCallback {
  readonly seq: number
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
  readonly receivedAt: number
  readonly signed: boolean
  readonly key: string | undefined
  readonly query: string
  /** Empty if it is damaged. */
  readonly raw: string
  readonly maybeResend: boolean
  readonly resends: number
  /** The next attempt, from 1. */
  readonly attempt: number
  /** When that is due, if it is pending or held. */
  readonly dueAt: number | undefined
  /** Since when it has been put off without an attempt, if it is. */
  readonly deferredSince?: number | undefined
  /** n: its handler was called as a suspect, and a crash then would be the n-th. -n: it waits after n. 0: no suspect. */
  readonly tries: number
}

/** Some of a plugin's callbacks. */
export interface Page {
  readonly rows: readonly WaitingCallback[]
  /** How many of the plugin's callbacks were found damaged and left out. */
  readonly lost: number
  /** Everything up to this number was looked at: L2. */
  readonly scanned: number
  /** Whether nothing was stored behind `scanned` at the time. */
  readonly end: boolean
  /** How many of the plugin's callbacks were ever stored in this partition, if other processes store some of them. */
  readonly stored?: number
}

export interface DueQuery {
  /** The longest delay of a retry, milliseconds. What is due later was written before the clock was set back: it is due. */
  readonly longestMs: number
  readonly limit: number
  /** Numbers that are being delivered. */
  readonly skip: readonly number[]
}

export interface DuePage {
  readonly rows: readonly WaitingCallback[]
  /** When the next one is due: now, if there was no room for all. Undefined if none waits. */
  readonly next: number | undefined
}

/** The right to deliver and settle a plugin's callbacks of one partition. */
export interface Lease {
  readonly plugin: string
  readonly partition: number
  /** 0 where there is one process. */
  readonly fence: number
}

/** A new lease, and where the plugin stands. */
export interface NewLease extends Lease {
  /** Whether the former owner has ended all handlers. If not, what was running is a suspect. */
  readonly clean: boolean
  /** Everything up to this number is settled, or not the plugin's. */
  readonly cursor: number
  /** The last number that is stored. */
  readonly tail: number
  /** How many callbacks wait for the plugin: beyond the cursor, and pending. */
  readonly waiting: number
  /** What `stored` of a page was when the lease was given, if pages have one. */
  readonly stored?: number
  /** The id of the one callback that ended the last process, if that is known. Then no other is a suspect. */
  readonly suspect?: string | undefined
}

export interface LeaseRequest {
  readonly plugins: readonly string[]
  /** The leases that this process has: first those that it is about to give back, then the idlest. */
  readonly held: readonly Lease[]
  /** Those that it gives back: all their handlers have ended, and everything is settled. */
  readonly returned: readonly Lease[]
  /** The process is stopping, and takes no more. */
  readonly isLeaving: boolean
}

export interface LeaseReply {
  readonly taken: readonly NewLease[]
  /** Those of `held` that other processes have by now. */
  readonly lost: readonly Lease[]
  /** Those of `held` that are to be given back soon, because other processes have fewer. */
  readonly surplus: readonly Lease[]
  /** How long the leases are valid from when the request was sent, milliseconds; Infinity for good. */
  readonly validMs: number
}

/** What became of callbacks under one lease. */
export interface Settlement {
  readonly lease: NewLease
  readonly changes: readonly Change[]
  /** How many callbacks became done or dead under the lease, with these changes and all before. */
  readonly finished: number
}

/** How many callbacks of the plugin were finished when the lease was given, of all that were ever stored. */
export function finishedBefore({ stored = 0, waiting }: NewLease): number {
  return stored - waiting
}

/** One change of a plugin's callbacks in a partition. */
export type Change =
  /** Everything up to this number is settled. Marks of `done` up to there can go. */
  | readonly ['cursor', seq: number]
  /**
   * Whatever the plugin has between these is settled, though an earlier one is not. It swallows every mark of `done` that
   * lies in it: the range is as wide as it can be, and ends before the next callback that is not settled.
   */
  | readonly ['done', first: number, last: number]
  /** It is done, and was pending, held or a suspect. */
  | readonly ['finished', seq: number]
  /** It waits for `dueAt` outside its order: a retry, or a suspect that waits. */
  | readonly ['pending', seq: number, next: NextAttempt]
  /** It waits for `dueAt` where it stands, and its key waits with it. Not for one that was pending. */
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
  /** Whether its body does not match its definition. Such dead letters have a share of the room. */
  readonly isFault: boolean
}

/** What other processes, or this one's requests, have changed. */
export interface Noticed {
  /** How many callbacks became pending, by plugin. */
  readonly woken: Readonly<Record<string, number>>
  /** All plugins that are held. */
  readonly holds: Readonly<Record<string, Hold>>
  /** Whether more requests wait. */
  readonly more: boolean
}
