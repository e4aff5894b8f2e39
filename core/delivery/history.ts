import type { Outcome } from '../protocol/define.ts'
import type { Hold } from './delivery.ts'

/**
 * The outcome of a callback. A delivered one is `done`, `waiting` or `dead`: for `plugin` of the filter if given,
 * otherwise for any plugin. A decided or refused one is `reject`, `drop`, `failed` (whatever the verdict was) or
 * `refused`. `delivered` and `kept` stand for all of either kind.
 */
export type EntryOutcome = 'delivered' | PluginOutcome | 'kept' | 'reject' | 'drop' | 'failed' | 'refused'
export type PluginOutcome = 'done' | 'waiting' | 'dead'

/** Which callbacks to list. Times are milliseconds since 1970. */
export interface Filter {
  readonly app?: number
  /** A command, or a pattern such as `Group.*`. */
  readonly command?: string
  /** Callbacks that this plugin gets, or got by a replay. */
  readonly plugin?: string
  readonly outcome?: EntryOutcome
  /** The id of a group or room that the body names, as `only.groups` of the config means it; no pattern. */
  readonly group?: string
  /** An account that the body names (sender, receiver, member, operator), as `only.accounts` means it; no pattern. */
  readonly account?: string
  /** Only the callbacks with these ids. All of them come in one page. */
  readonly ids?: readonly string[]
  readonly since?: number
  /** Exclusive. */
  readonly until?: number
  /** The most entries of a page; 100 by default. */
  readonly limit?: number
  /** Whether entries have their `body`. */
  readonly bodies?: boolean
}

/**
 * A page of entries and the place from which to continue, which only the engine can read. `end` means that nothing
 * follows. A search returns after some 0.3 s with what it has found, which may be nothing: continue from its place.
 */
export interface Page {
  readonly entries: Entry[]
  readonly place: string
  readonly end: boolean
  /** Unless `end`: everything received since then (forward: until then) was searched, milliseconds since 1970. */
  readonly searchedTo?: number
}

/** How long a search goes on before it returns what it has found, milliseconds. */
export const SLICE_MS = 250

/** A stored callback. */
export interface Entry {
  /** The name of the entry in an `AdminRequest`, opaque to all but the engine. Undelivered callbacks have one too. */
  readonly ref: string
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly signed: boolean
  readonly resends: number
  readonly maybeResend: boolean
  /** The outcome for each plugin; empty if no plugin gets it. */
  readonly plugins: readonly { readonly id: string; readonly outcome: PluginOutcome }[]
  /** Present if the callback was decided or refused, and so is not delivered. */
  readonly undelivered?: {
    readonly outcome: Outcome | 'refused'
    readonly code: number
    readonly failed: boolean
    readonly error?: string
  }
  readonly body?: Body
}

/** As received: the query parameters, including Sign, and the text of the body. */
export interface Body {
  readonly query: string
  readonly raw: string
}

/** A callback that a plugin failed to handle. */
export interface DeadLetter {
  /** The name of the dead letter for `retry` and `drop`. */
  readonly ref: string
  readonly plugin: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attempts: number
  readonly error: string
  readonly callback: Pick<Entry, 'ref' | 'id' | 'sdkAppId' | 'command' | 'receivedAt'>
}

/**
 * Sorts dead letters in the order in which their callbacks were received, as requests need them. Ids begin with the time:
 * those of one process are in order, those of several as far as their clocks agree.
 */
export function oldestFirst(letters: readonly DeadLetter[]): DeadLetter[] {
  return letters.toSorted(({ callback: { id: one } }, { callback: { id: other } }) =>
    one === other ? 0 : one < other ? -1 : 1,
  )
}

/** Which dead letters. */
export interface DeadFilter {
  readonly plugin?: string
  /** A command, or a pattern such as `Group.*`. */
  readonly command?: string
  /** Only these. */
  readonly refs?: readonly string[]
  /** Only those that follow this one in a list: for the next page. */
  readonly before?: string
  /** 100 by default. */
  readonly limit?: number
}

/** Dead letters of a plugin with the same error. */
export interface DeadLetterCount {
  readonly plugin: string
  readonly error: string
  readonly count: number
}

/** The most groups that `deadLetterCounts` returns, and the most dead letters that it counts: the newest. */
export const MAX_COUNTED = { groups: 1000, letters: 100_000 } as const

/** What is stored about a callback for one plugin. Times are milliseconds since 1970. */
export interface PluginSteps {
  readonly plugin: string
  readonly outcome: PluginOutcome
  /** Attempts that have failed. Unknown once the callback is done. */
  readonly attempts?: number
  /** When the next attempt is due. */
  readonly nextAt?: number
  /** Since when a handler has put it off by RetryAfter. */
  readonly deferredSince?: number
  /** Its key waits with it. */
  readonly held?: boolean
  /** How often the process has died while its handler ran. */
  readonly crashes?: number
  /** The last error. */
  readonly error?: string
  /** When it became a dead letter, and the ref of the dead letter. */
  readonly diedAt?: number
  readonly deadLetter?: string
}

/** A record that a plugin wrote. */
export interface PluginRecord {
  readonly ref: string
  readonly plugin: string
  readonly kind: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly data: unknown
}

export interface RecordFilter {
  readonly plugin?: string
  readonly kind?: string
  readonly since?: number
  readonly until?: number
  /** 100 by default. */
  readonly limit?: number
}

/**
 * A request of another process to the server. The server carries it out, at its next start if it is not running. It may do
 * so in parts, and delivers in the order of the refs: so put them in the order of receipt, at most 500 per request. A
 * replay delivers finished callbacks to the plugin again, in the order of receipt, with attempts counted from 1. It
 * replaces a dead letter of the callback and plugin. A callback for which the plugin has no handler becomes a dead
 * letter. The refs of `pause` and `resume` are plugins: while one is paused, its after-callbacks wait and no attempt is
 * counted. `until` is milliseconds since 1970. A plugin already in that state counts as `waiting`.
 */
export type AdminRequest =
  | { readonly kind: 'retry' | 'drop'; readonly refs: readonly string[] }
  | { readonly kind: 'replay'; readonly plugin: string; readonly refs: readonly string[] }
  | {
      readonly kind: 'pause'
      readonly refs: readonly string[]
      readonly reason: string
      readonly until?: number | undefined
    }
  | { readonly kind: 'resume'; readonly refs: readonly string[] }

/** The outcome of a request: each ref is counted in exactly one of these. */
export interface Counts {
  readonly count: number
  /** Not replayed, because the plugin will get them anyway. */
  readonly waiting: number
  /** No longer stored. */
  readonly gone: number
  /** Unchanged: the config of the running server has no such plugin. */
  readonly foreign: number
}

/** The outcome of one ref of a request. */
export type RefOutcome = keyof Counts

/** The result of a request. */
export interface AdminResult extends Counts {
  /** The outcomes of its refs, in order. */
  readonly outcomes: readonly RefOutcome[]
}

export function resultOf(outcomes: readonly RefOutcome[]): AdminResult {
  const counts = { count: 0, waiting: 0, gone: 0, foreign: 0 }
  for (const outcome of outcomes) counts[outcome]++
  return { ...counts, outcomes }
}

/** What to remove for good. */
export interface Erasure {
  /** Callbacks, whose dead letters go with them. */
  readonly callbacks: readonly Entry[]
  readonly records: readonly PluginRecord[]
}

/** Options for opening a store that may be unavailable. */
export interface OpeningOptions {
  /** Called with a sentence if the store does not answer at once. */
  readonly onWaiting?: (text: string) => void
  /** How long to keep trying, in milliseconds. */
  readonly startMs?: number
}

/** The stored callbacks, for processes other than the server, which may be running or not. */
export interface History {
  /** Lists the newest first, from the newest or from the place of an earlier page. */
  backward(filter: Filter, place?: string): Promise<Page>
  /** Lists the oldest first. The place of a page may be used again, for what has arrived since. */
  forward(filter: Filter, place?: string): Promise<Page>
  /** The place for `forward` after everything that is stored now. */
  end(): Promise<string>
  /** Returns the entries with these callback ids, in no particular order. */
  find(ids: readonly string[], options?: { bodies?: boolean }): Promise<Entry[]>
  /** Lists the newest first, of all plugins unless one is given. */
  deadLetters(filter?: DeadFilter): Promise<DeadLetter[]>
  /** Counts the dead letters by plugin and error, the most frequent first; see MAX_COUNTED. */
  deadLetterCounts(): Promise<DeadLetterCount[]>
  /** What is stored about the callback with this id, for each of its plugins; empty if it was not stored or delivered. */
  steps(id: string): Promise<PluginSteps[]>
  /** Newest first. */
  records(filter?: RecordFilter): Promise<PluginRecord[]>
  /**
   * Counts the callbacks that wait for each plugin, including plugins that are no longer in any config. Leaves out zeros.
   */
  backlogs(): Promise<{ plugin: string; count: number }[]>
  /** All plugins that are held, with the reason. */
  holds(): Promise<Readonly<Record<string, Hold>>>
  /** Leaves a request for the server. Returns the name to pass to `result`. */
  request(asked: AdminRequest): Promise<string>
  /** Returns the result of a request; undefined until a server has carried it out, and again after a day. */
  result(request: string): Promise<AdminResult | undefined>
  /**
   * Removes bodies and anything else that says whom a callback is about, dead letters and records. Callbacks that wait
   * for a plugin no longer do; for those no server may be running. What the engine would clear elsewhere only later, such
   * as a log, is cleared now if possible.
   */
  erase(erasure: Erasure): Promise<void>
  /** Whether a server is running on this store. */
  isServed(): Promise<boolean>
  close(): Promise<void>
}

/** Closes a history that was opened, or could not be. */
export async function closeHistory(opened: Promise<History> | undefined): Promise<void> {
  const history = await opened?.catch(() => undefined)
  await history?.close().catch(() => undefined)
}
