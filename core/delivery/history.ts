import type { Outcome } from '../protocol/define.ts'

/**
 * What has become of a callback. One that is delivered is `done`, `waiting` or `dead`: with `plugin` in the filter
 * there, else with any plugin. One that was decided or refused is `reject`, `drop`, `failed` (whatever it came to) or
 * `refused`. `delivered` and `kept` are all of the one kind and of the other.
 */
export type Found = 'delivered' | PluginOutcome | 'kept' | 'reject' | 'drop' | 'failed' | 'refused'
export type PluginOutcome = 'done' | 'waiting' | 'dead'

/** Which callbacks to list. Times are milliseconds since 1970. */
export interface Filter {
  readonly app?: number
  /** A command, or a pattern such as `Group.*`. */
  readonly command?: string
  /** Those that this plugin gets, or has got by a replay. */
  readonly plugin?: string
  readonly outcome?: Found
  readonly since?: number
  /** That moment is not in it. */
  readonly until?: number
  /** Entries of a page at most: 100 unless told. */
  readonly limit?: number
  /** Whether entries have their `body`. */
  readonly bodies?: boolean
}

/** Entries, and the place to go on from: a text that only the engine reads. `end` says that nothing is left there. */
export interface Page {
  readonly entries: Entry[]
  readonly place: string
  readonly end: boolean
}

/** A stored callback. */
export interface Entry {
  /** What `Asked` names it by. Opaque to all but the engine; those that are kept and not delivered have one too. */
  readonly ref: string
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly signed: boolean
  readonly resends: number
  readonly maybeResend: boolean
  /** What has become of it, plugin by plugin; empty for what no plugin gets. */
  readonly plugins: readonly { readonly id: string; readonly outcome: PluginOutcome }[]
  /** Of a callback that was decided or refused, and so is not delivered. */
  readonly kept?: {
    readonly outcome: Outcome | 'refused'
    readonly code: number
    readonly failed: boolean
    readonly error?: string
  }
  readonly body?: Body
}

/** As received: the URL's parameters as they stand there, Sign among them, and the text of the body. */
export interface Body {
  readonly query: string
  readonly raw: string
}

/** A callback that a plugin did not manage. */
export interface DeadLetter {
  /** What `retry` and `drop` name it by. */
  readonly ref: string
  readonly plugin: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attempts: number
  readonly error: string
  readonly callback: Pick<Entry, 'ref' | 'id' | 'sdkAppId' | 'command' | 'receivedAt'>
}

/** Which dead letters. */
export interface DeadFilter {
  readonly plugin?: string
  /** A command, or a pattern such as `Group.*`. */
  readonly command?: string
  /** These alone. */
  readonly refs?: readonly string[]
  /** Those that stand after this one in a list: for the next page. */
  readonly before?: string
  /** 100 unless told. */
  readonly limit?: number
}

/** Something that a plugin has recorded. */
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
  /** 100 unless told. */
  readonly limit?: number
}

/**
 * What another process may ask of the server. It is done by the server, at its next start if it does not run. A replay
 * delivers once more what the plugin is through with, in the order of receipt, attempts counted anew; a dead letter of
 * the callback and the plugin is one no longer. What the plugin has no handler for becomes a dead letter.
 */
export type AdminRequest =
  | { readonly kind: 'retry' | 'drop'; readonly refs: readonly string[] }
  | { readonly kind: 'replay'; readonly plugin: string; readonly refs: readonly string[] }

/** What came of the refs of a request: every one of them is counted in one of these. */
export interface Counts {
  readonly count: number
  /** Not replayed, for the plugin will get them anyway. */
  readonly waiting: number
  /** No longer stored. */
  readonly gone: number
  /** Left as they are: the config that the server runs with has no such plugin. */
  readonly foreign: number
}

/** What came of one ref of a request. */
export type Fate = keyof Counts

/** What came of a request. */
export interface AdminResult extends Counts {
  /** Of each of its refs, in their order. */
  readonly fates: readonly Fate[]
}

/** How a store that may be away is opened. */
export interface OpeningOptions {
  /** Is told that it is tried, where the store does not answer at once. */
  readonly onWaiting?: (text: string) => void
  /** Milliseconds to go on trying. */
  readonly startMs?: number
}

/** What is stored, for other processes than the server; the server may run meanwhile, or not. */
export interface History {
  /** Newest first, from the newest, or from the place on that a page gave. */
  backward(filter: Filter, place?: string): Promise<Page>
  /** Oldest first. A page's place may be asked for again, for what has come since. */
  forward(filter: Filter, place?: string): Promise<Page>
  /** The place for `forward` behind all that is stored now. */
  end(): Promise<string>
  /** The entries with these ids of callbacks, in no order. */
  find(ids: readonly string[], options?: { bodies?: boolean }): Promise<Entry[]>
  /** Newest first; without a plugin those of all. */
  deadLetters(filter?: DeadFilter): Promise<DeadLetter[]>
  /** Newest first. */
  records(filter?: RecordFilter): Promise<PluginRecord[]>
  /** How many callbacks wait for each plugin, also for one that no config has any more. Those with none are left out. */
  backlogs(): Promise<{ plugin: string; count: number }[]>
  /** Puts a request where the server looks for it. Gives what `result` names it by. */
  request(asked: AdminRequest): Promise<string>
  /** What came of a request; undefined as long as no server has looked at it, or when it is forgotten: after a day. */
  result(request: string): Promise<AdminResult | undefined>
  /** Whether a server works on this store now. */
  isServed(): Promise<boolean>
  close(): Promise<void>
}
