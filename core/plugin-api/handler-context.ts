import type { RejectCode } from '../protocol/codes.ts'
import type { Log } from './log.ts'
import type { Count } from '../observe/plugin-counters.ts'
import type { Rest } from '../rest/calls/rest.ts'
import type { Store } from '../store/store.ts'
import type { Verdict } from './verdict.ts'

/** The URL's parameters. Documented ones are named; the first value of a parameter counts. */
export type Query = Readonly<Record<string, string>> & {
  readonly SdkAppid?: string
  readonly CallbackCommand?: string
  readonly ClientIP?: string
  /** `RESTAPI`, `Web`, `Android`, `iOS` (`IOS` in State.StateChange), `Windows`, `Mac`, `iPad`, `Unknown`, … */
  readonly OptPlatform?: string
}

/** The app that a callback belongs to, without its secrets. */
export interface App {
  readonly sdkAppId: number
}

/**
 * A command that is not in the table: any text. As the type of an enum, which no literal compares to, it drops out
 * when a wildcard handler asks for `command === 'Group.…'`; a `string` would stay in, and with it an untyped body.
 */
export declare enum UnknownCommand {
  any = '~unknown',
}

/** What every handler gets. */
export interface HandlerContext<Options = unknown, State = unknown> {
  /** The text of the body, as received. */
  readonly raw: string
  readonly query: Query
  readonly app: App
  /** Whether the request carried a valid signature; false for apps without tokens. */
  readonly signed: boolean
  /** Stays the same over retries, restarts and replays. */
  readonly id: string
  /** The number of this attempt, from 1. */
  readonly attempt: number
  /** How often the same callback has been sent again so far. */
  readonly resends: number
  /** The same body was received before, and nothing in it distinguishes a resend from a new event. */
  readonly maybeResend: boolean
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /**
   * What does not match the definition and was left out of `body`, one line each, at most 20: `CreatedGroupNum:
   * expected integer, got object`. `raw` has all of it.
   */
  readonly faults: readonly string[]
  readonly state: State
  readonly options: Options
  readonly log: Log
  readonly store: Store
  /** The client of this app. Without `rest:` settings of it, a call rejects with REST_NOT_CONFIGURED. */
  readonly rest: Rest
  /** Emits `plugin:ID:NAME` on the bus. */
  readonly emit: (name: string, data: unknown) => void
  /**
   * Headers for a request that passes this callback on: `timhook-hops`, by which a server refuses what it has had before,
   * and `traceparent` of W3C Trace Context.
   */
  readonly forwardHeaders: Readonly<Record<string, string>>
  /** Counts one of the plugin's `metrics`. */
  readonly count: Count
  /** Aborted when the handler times out or the server stops. */
  readonly signal: AbortSignal
}

/** What the handler of an after-callback gets. */
export interface AfterContext<Command extends string, Body, Options, State> extends HandlerContext<Options, State> {
  readonly phase: 'after'
  readonly command: Command
  /**
   * The same for callbacks that are delivered one after another: `1400000000/group/%40TGS%231`, with ids as in a URL.
   * Undefined if there is no order.
   */
  readonly orderKey: string | undefined
  /** Tencent's fields, under Tencent's names. Each plugin has its own copy. */
  readonly body: Body
}

interface BeforeBase<
  Command extends string,
  Body,
  Fields,
  Pattern extends string,
  Options,
  State,
> extends HandlerContext<Options, State> {
  readonly phase: 'before'
  readonly command: Command
  /** Tencent's fields, under Tencent's names, as rewritten by earlier plugins. */
  readonly body: Body
  /** The top-level fields of `body` that earlier plugins have rewritten. `raw` has them as received. */
  readonly rewritten: readonly string[]
  /** The names of the fields that `allow` takes; undefined if it takes any. */
  readonly answerFields: readonly string[] | undefined
  /** Allows. `fields` change what is about to happen. */
  readonly allow: (fields?: Fields) => Verdict
  /** Rejects. `code` and `info` reach the client if the documents say so. */
  readonly reject: <const Code extends number>(code?: RejectCode<Code, Pattern>, info?: string) => Verdict
}

/** What the handler of a before-callback gets: the above, and `drop` if a silent drop is documented. */
export type BeforeContext<
  Command extends string,
  Body,
  Fields,
  Pattern extends string,
  Drop extends boolean,
  Options,
  State,
> = BeforeBase<Command, Body, Fields, Pattern, Options, State> &
  (Drop extends true ? { readonly drop: () => Verdict } : unknown)
