import type { AppInput } from '../../config/sections/apps.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Bus } from '../observe/bus.ts'
import type { AfterCommand, BeforeCommand, CallbackOf, Command, DefinitionOf } from '../protocol/commands.ts'
import type { BeforeDefinition, Outcome } from '../protocol/define.ts'
import type { Rest } from '../rest/calls/rest.ts'
import type { Store } from '../store/store.ts'

/** Fields to set in a sample: objects are merged, lists and values replaced, and `undefined` removes a field. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Name in keyof T]?: Overrides<T[Name]> | undefined }
    : T

/** The fields of a command: typed if it is in the table, anything otherwise. */
export type OverridesOf<C> = C extends Command ? Overrides<CallbackOf<C>> : Readonly<Record<string, unknown>>

/** A command of one phase: one in the table, or any that is not. */
export type BeforeName<C> = C extends AfterCommand ? never : C
export type AfterName<C> = C extends BeforeCommand ? never : C

export interface TestSettings {
  /** The plugin's options as in the config. They are checked by the plugin's schema. */
  readonly options?: object
  /** Default: one unsigned app, 1400000000. */
  readonly apps?: readonly AppInput[]
  /**
   * Runs a plugin that is given by name, package or path in a separate thread or process, as `isolate` of the config
   * does. It takes real time there, so `await t.idle()` after `clock.advance`.
   */
  readonly isolate?: 'worker' | 'process' | 'none'
  /** The time at which the clock stands, milliseconds since 1970 or a Date; default: now. */
  readonly now?: number | Date
}

type FieldsOf<C> = C extends BeforeCommand
  ? DefinitionOf<C> extends BeforeDefinition<string, object, infer Fields>
    ? Partial<Fields>
    : never
  : JsonObject

/** The answer to a before-callback. */
export interface TestVerdict<C = string> {
  readonly outcome: Outcome
  /** `ErrorCode` and `ErrorInfo` of the answer. */
  readonly code: number
  readonly info: string
  /** What the answer has besides the envelope, such as `MsgBody`. */
  readonly fields: FieldsOf<C>
  /** The whole answer. */
  readonly answer: JsonObject
  /** Whether the handler failed, so that `onFailure` decided. Only with `expectFailure`. */
  readonly failed: boolean
  /** Why it failed. */
  readonly error: unknown
}

/** What a command of the plugin has printed. */
export interface Printed {
  /** What it printed as text. */
  readonly text: string
  /** What it printed with `--json`; of several values the last. */
  readonly value: unknown
}

/** Which variations to try. */
export interface FuzzSettings {
  /** The same seed gives the same bodies; default 1. */
  readonly seed?: number
  /** How many bodies of each callback; default 100. */
  readonly count?: number
}

/** How an after-callback ended: handled, or recognised as a resend. */
export interface Handled {
  readonly id: string
  readonly resent: boolean
}

/** How a callback arrives, if not in the usual way. */
export interface CallbackSettings {
  /** The SdkAppid of the app; default: the first. */
  readonly app?: number
  /** Parameters of the URL besides the usual ones. */
  readonly query?: Readonly<Record<string, string>>
  /** Whether it counts as signed; default true. */
  readonly signed?: boolean
  /** The callback's id: that of an earlier one, to see what a second delivery of the same callback does. */
  readonly id?: string
}

/** One line of the plugin's log: its level, the sentence, and the fields that were logged with it. */
export interface LogEntry {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** What the plugin has logged. Nothing is printed. */
export interface TestLog {
  readonly entries: readonly LogEntry[]
  /** The entries of one level, oldest first. */
  at(level: 'debug' | 'info' | 'warn' | 'error'): LogEntry[]
}

/** A call of the REST API that the plugin made. */
export interface RestCall {
  /** The method, such as `sendGroupMsg`; of `call`, the name `SERVICE/COMMAND`. */
  readonly name: string
  readonly request: unknown
  readonly sdkAppId: number
}

export type Method = Exclude<keyof Rest, 'call'>
/** An answer, or what makes one from the request. An Error is thrown; a non-zero ErrorCode becomes a RestError. */
export type AnswerTo<Request> = object | Error | ((request: Request) => object | Promise<object>)
type RequestOf<Name> = Name extends Method ? Parameters<Rest[Name]>[0] : never

/** The REST API in a test: it sends nothing, and answers what the test says. */
export interface FakeRest {
  /**
   * Answers a method (`sendGroupMsg`) or a command by name (`group_open_http_svc/get_group_info`): with each answer
   * once, and with the last one from then on. Fields of Tencent's envelope may be left out.
   */
  answer<Name extends Method>(name: Name, ...answers: AnswerTo<RequestOf<Name>>[]): void
  answer(name: `${string}/${string}`, ...answers: AnswerTo<JsonObject>[]): void
  /** Every call so far, unexpected ones included. */
  readonly calls: readonly RestCall[]
}

/** A plugin under test. */
export interface TestPlugin {
  /**
   * Sends a before-callback, the documents' sample with these fields set, and resolves with the verdict. Rejects with
   * what the handler threw, if it took too long, or if its verdict does not fit; with `expectFailure` it resolves with
   * what `onFailure` decides instead.
   */
  before<C extends string>(
    command: (C & BeforeName<C>) | BeforeCommand,
    body?: OverridesOf<C>,
    settings?: CallbackSettings & { readonly expectFailure?: boolean },
  ): Promise<TestVerdict<C>>
  /**
   * Sends an after-callback, the documents' sample with these fields set. Resolves when the plugin has handled it, and
   * rejects with what the handler threw; retries follow as the clock advances. `resent` says that the same callback
   * was sent before, so that the plugin was not called.
   */
  after<C extends string>(
    command: (C & AfterName<C>) | Exclude<Command, BeforeCommand>,
    body?: OverridesOf<C>,
    settings?: CallbackSettings,
  ): Promise<Handled>
  /** The clock of the plugin's timeouts, retries, leases and values with a `ttlMs`. It moves only when advanced. */
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number
    /** Moves on by milliseconds, or by a text such as `10m`, and runs what is due on the way. */
    advance(by: number | string): Promise<void>
  }
  /** Resolves when no handler runs. */
  idle(): Promise<void>
  /** The plugin's store. */
  readonly store: Store
  /** The data of the plugin's records of a kind, oldest first. */
  records(kind: string): Promise<unknown[]>
  /** What the plugin has emitted under a name, oldest first. */
  events(name: string): unknown[]
  /** What the plugin has counted in one of its `metrics`, for each combination of labels. */
  counts(name: string): { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
  readonly log: TestLog
  readonly rest: FakeRest
  /** The bus, for all other events. */
  readonly bus: Bus
  /** Runs a command of the plugin, as `timhook ID NAME ARGS…` does, and resolves with what it prints. */
  command(name: string, args?: readonly string[]): Promise<Printed>
  /**
   * Sends variations of the samples of a command or pattern (`Group.*`, `*`), of those that the plugin handles.
   * Rejects if a handler fails.
   * @returns how many callbacks were sent
   */
  fuzz(pattern: string, settings?: FuzzSettings): Promise<number>
  /** Closes the plugin. Rejects if something failed that the test has not seen. `await using` calls it. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
