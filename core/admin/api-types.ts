/**
 * What the admin API sends and receives, as JSON. Only types, and no imports: the server and the page compile this file,
 * each with its own settings. Times (`At`, `since`, `until`) are milliseconds since 1970, durations
 * (`Ms`) are milliseconds, sizes are bytes.
 */

/** The body of every answer whose status is not 2xx. */
export interface ApiError {
  /** A sentence that says what is wrong, and where. */
  readonly error: string
  readonly code?: string
}

/** `GET /api/session`, and the answer of `POST /api/login`. */
export interface Session {
  readonly authenticated: true
  /** Whether `POST /api/test` is allowed (`admin.write`). */
  readonly write: boolean
  /** Whether bodies may be read (`admin.bodies`). */
  readonly bodies: boolean
  /** Whether a token is needed: without one there is no login and nothing to log out of. */
  readonly login: boolean
  readonly version: string
  /** The name of this server, as in `timhook-hops`. */
  readonly instance: string
  /** The SdkAppids of the config. */
  readonly apps: readonly number[]
  readonly plugins: readonly string[]
}

/** `POST /api/login`. */
export interface LoginRequest {
  readonly token: string
}

/** Values of one span of time, one per step, oldest first. The arrays have equal lengths. */
export interface Series {
  readonly stepMs: number
  readonly from: number
  /** Answered callbacks, of both phases, in each step. */
  readonly callbacks: readonly number[]
  /** Requests that were refused, in each step. */
  readonly refused: readonly number[]
  /** Answer time, milliseconds; null for a step without callbacks. */
  readonly p50: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
  /** Callbacks that wait for plugins, at the end of each step. */
  readonly backlog: readonly number[]
  /** New dead letters in each step. */
  readonly deadLetters: readonly number[]
}

/** `GET /api/overview`. */
export interface Overview {
  readonly now: number
  readonly version: string
  readonly startedAt: number
  readonly engine: 'memory' | 'sqlite' | 'redis' | 'postgres'
  /** Why acknowledged callbacks may get lost, if a reason is known. */
  readonly durability?: string
  readonly processes: readonly { readonly pid: number; readonly name?: string }[]
  readonly ready: boolean
  /** Maps each check to `ok`, or to the reason why it fails. */
  readonly checks: Readonly<Record<string, string>>
  readonly notes: Readonly<Record<string, string>>
  readonly disk?: { readonly storeBytes?: number; readonly freeBytes?: number }
  readonly series: { readonly hour: Series; readonly day: Series }
  readonly plugins: readonly PluginSummary[]
  readonly deadLetters: number
  /** Whether there are more than were counted. */
  readonly deadLettersTruncated?: boolean
}

/** The state of a callback for a plugin. */
export type PluginOutcome = 'done' | 'waiting' | 'dead'

/** The outcome of a callback as a whole: `none` is one that no plugin gets. */
export type EventOutcome = PluginOutcome | 'none' | 'allow' | 'reject' | 'drop' | 'failed' | 'refused'

/** The words of the filter `outcome`, as in `timhook events --outcome`. */
export type OutcomeFilter = 'delivered' | PluginOutcome | 'kept' | 'reject' | 'drop' | 'failed' | 'refused'

/** A callback in a list. */
export interface EventSummary {
  readonly id: string
  /** The name of the entry in the store. */
  readonly ref: string
  readonly sdkAppId: number
  readonly command: string
  readonly receivedAt: number
  readonly signed: boolean
  readonly resends: number
  readonly maybeResend: boolean
  readonly outcome: EventOutcome
  readonly plugins: readonly { readonly id: string; readonly outcome: PluginOutcome }[]
  /** Present if the callback was decided or refused, and so is not delivered. */
  readonly undelivered?: {
    readonly outcome: 'allow' | 'reject' | 'drop' | 'refused'
    readonly code: number
    readonly failed: boolean
    readonly error?: string
  }
  /** The group and the account that its order key names. */
  readonly group?: string
  readonly account?: string
  /** Whether its body does not fit its definition. */
  readonly faulty?: boolean
  /** Whether it was sent by `POST /api/test`. */
  readonly test?: boolean
}

/** `GET /api/events`. A search runs in slices: go on from `place` until `end`. */
export interface EventPage {
  readonly entries: readonly EventSummary[]
  readonly place: string
  readonly end: boolean
  /** How far back the search has got. */
  readonly searchedTo?: number
}

/** What is known about one step of a callback's life. */
export interface Step {
  readonly at?: number
  readonly kind: 'received' | 'stored' | 'decided' | 'attempt' | 'retry-due' | 'done' | 'dead' | 'held' | 'waiting'
  readonly plugin?: string
  /** How many attempts there were, from 1. */
  readonly attempt?: number
  readonly error?: string
  readonly ms?: number
  readonly code?: number
}

/** `GET /api/events/ID`. */
export interface EventDetail {
  readonly event: EventSummary
  /** The URL parameters in order, with Sign masked. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Who sent it, if the store knows. */
  readonly peer?: string
  readonly bytes: number
  readonly faults: readonly { readonly path: string; readonly message: string }[]
  /** The command, if it is known. `docs` are numbers of Tencent's documents. */
  readonly titles: { readonly en: string; readonly zh: string; readonly docs: readonly number[] }
  readonly timeline: readonly Step[]
  /** Its dead letters, for retry and drop. */
  readonly deadLetters: readonly { readonly plugin: string; readonly ref: string }[]
  /** The body as received; only with `?body=1` and `admin.bodies`. */
  readonly body?: string
  /** Present if the body was deleted before the callback: erased, or by `delivery.retention.bodies`. */
  readonly bodyGone?: true
}

/** A callback that a plugin failed to handle. */
export interface DeadLetter {
  /** Its name for retry and drop. */
  readonly ref: string
  readonly plugin: string
  readonly at: number
  readonly attempts: number
  readonly error: string
  readonly callback: Pick<EventSummary, 'ref' | 'id' | 'sdkAppId' | 'command' | 'receivedAt'>
}

/** Dead letters of one plugin with the same reason. */
export interface DeadLetterGroup {
  readonly plugin: string
  /** The first line of the error. */
  readonly reason: string
  readonly count: number
  /** Whether there are more dead letters than were counted. */
  readonly truncated: boolean
}

/** `GET /api/dead-letters`, newest first: the next page is `before` the last ref. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[]
  readonly groups: readonly DeadLetterGroup[]
  readonly end: boolean
}

/**
 * `POST /api/dead-letters/retry` and `/drop`: the named ones, or all that match. `count` is how many the person saw. If
 * the number has changed, nothing is done and the answer is 409.
 */
export type DeadLettersRequest =
  | { readonly refs: readonly string[] }
  | {
      readonly plugin: string
      readonly command?: string
      readonly reason?: string
      readonly all: true
      readonly count: number
    }

/** `POST /api/replay`. */
export interface ReplayRequest {
  readonly ids: readonly string[]
  readonly plugin: string
}

/** The result of a request: each ref is counted in one of the first four. */
export interface Counts {
  readonly count: number
  /** The plugin will get them anyway. */
  readonly waiting: number
  /** No longer stored, or no longer dead letters. */
  readonly gone: number
  /** The running server has no such plugin. */
  readonly foreign: number
  /** Sent to the server, and not answered yet. */
  readonly unanswered: number
}

/** `POST /api/plugins/ID/pause`. */
export interface PauseRequest {
  /** Without it, the plugin waits until it is resumed. */
  readonly forMs?: number
  readonly reason?: string
}

export type PluginState = 'running' | 'paused' | 'held' | 'open' | 'parked' | 'disabled'

/** A plugin of the config. */
export interface PluginSummary {
  readonly id: string
  readonly name: string
  /** The name of its module in the config. */
  readonly use: string
  readonly version?: string
  readonly state: PluginState
  readonly reason?: string
  readonly until?: number
  readonly options: unknown
  readonly handles: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly only?: unknown
  readonly backlog: number
  readonly oldestAgeMs?: number
  readonly deadLetters: number
  /** Totals since the start. */
  readonly rates: { readonly handled: number; readonly failures: number; readonly timeouts: number }
  readonly circuit?: 'open' | 'closed'
  readonly views: readonly { readonly command: string; readonly description: string }[]
}

/** `GET /api/plugins`. */
export interface PluginList {
  readonly plugins: readonly PluginSummary[]
}

/** `GET /api/plugins/ID/view/COMMAND`. */
export type View =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly text: string }

/** `GET /api/config`. */
export interface ConfigView {
  readonly file: string
  /** The effective config, with defaults; secrets are masked. */
  readonly config: unknown
  readonly yaml: string
  readonly warnings: readonly string[]
  /** What a reload would change, or why it would be refused. */
  readonly reload: { readonly changes: readonly string[]; readonly faults?: readonly string[] }
}

/** `POST /api/test`. */
export interface TestRequest {
  readonly command: string
  readonly app: number
  readonly body: string
  /** URL parameters to add or replace. */
  readonly query?: Readonly<Record<string, string>>
}

/** The server's answer to the test callback. */
export interface TestResult {
  readonly status: number
  readonly answer: unknown
  /** The id of the stored callback, if it was stored. */
  readonly id?: string
}

/** `event: callbacks` of `GET /api/stream`. */
export interface StreamCallbacks {
  readonly entries: readonly EventSummary[]
  /** How many more there have been since the last batch. */
  readonly dropped: number
}

/** `event: tick` of `GET /api/stream`, every 2 s: the numbers since the last tick. */
export interface StreamTick {
  readonly now: number
  readonly ms: number
  readonly callbacks: number
  readonly refused: number
  readonly p50: number | null
  readonly p99: number | null
  readonly backlog: number
  readonly deadLetters: number
}
