import type { Type } from '#typebox'
import type { Awaitable } from './lib/completion.ts'
import type { Handlers } from './plugin-api/handlers.ts'
import type { AppSettings, PluginCommand } from './plugin-api/plugin-command.ts'
import type { BusEvents } from './observe/bus.ts'
import type { Log } from './plugin-api/log.ts'
import type { Count, PluginMetric, PluginMetrics } from './observe/plugin-counters.ts'
import type { Rest } from './rest/calls/rest.ts'
import type { StandardSchema } from './plugin-api/standard-schema.ts'
import type { Store } from './store/store.ts'
import type { Verdict } from './plugin-api/verdict.ts'

export { Type } from '#typebox'
export type { Static, StaticDecode } from '#typebox'
export {
  type AfterSettings,
  type BeforeSettings,
  type OfOptions,
  type On,
  type OnFailure,
  onUnknown,
  type Retry,
} from './plugin-api/handler.ts'
export { type Handlers } from './plugin-api/handlers.ts'
export type { AfterCommand, AnyCallback, BeforeCommand, CallbackOf, Command } from './protocol/commands.ts'
export type {
  CustomElem,
  FaceElem,
  FileElem,
  ImageElem,
  LocationElem,
  MsgElement,
  OtherElem,
  RelayElem,
  RelayedMessage,
  SoundElem,
  StreamElem,
  TextElem,
  VideoElem,
} from './protocol/msg-body.ts'
export type { AfterContext, App, BeforeContext, HandlerContext, Query } from './plugin-api/handler-context.ts'
export {
  type AppSettings,
  type CommandContext,
  CommandError,
  defineCommand,
  type PluginCommand,
  type ViewRows,
} from './plugin-api/plugin-command.ts'
export { GiveUp, RetryAfter } from './plugin-api/outcome-errors.ts'
export type { CallOptions } from './rest/calls/call.ts'
export type { GroupField, GroupFound, GroupNotFound } from './rest/calls/groups.ts'
export type { GroupHistoryMessage, HistoryFile } from './rest/calls/history.ts'
export type { GroupMember, MemberField } from './rest/calls/members.ts'
export { RestError, type RestErrorCode } from './rest/client/rest-error.ts'
export type { Lease, StoredRecord } from './store/store.ts'
export { isLoopAnswer } from './callback/hops.ts'
export { type MessageText, textsOf } from './callback/message-texts.ts'
export { matcher } from './callback/select.ts'
export { openSqlite, type SqliteHandle, type SqliteRow, type SqliteValue } from './store/sqlite/handle.ts'
export { Duration } from './lib/units.ts'
export { readTls, Tls, type TlsOptions, type TlsTexts } from './lib/net/read-tls.ts'
export type { BusEvents, Count, Log, PluginMetric, PluginMetrics, Rest, Store, Verdict }

/**
 * The schema of the options: a TypeBox type, a JSON Schema, or a Standard Schema of zod, valibot, arktype or others.
 */
export type OptionsSchema = Type.TSchema | StandardSchema

/** The type of `options` for a plugin with this schema. */
export type OptionsOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : never
  : Schema extends Type.TSchema
    ? Type.StaticDecode<Schema>
    : never

/** The argument of `setup`, which runs once before the server listens. */
export interface SetupContext<Options> {
  readonly options: Options
  readonly log: Log
  readonly store: Store
  /** The apps of the config, without their secrets. */
  readonly apps: readonly AppSettings[]
  /** The client of one app. Without `rest:` settings of that app, a call rejects with REST_NOT_CONFIGURED. */
  readonly rest: (sdkAppId: number) => Rest
  readonly emit: (name: string, data: unknown) => void
  /** Counts one of the plugin's `metrics`. */
  readonly count: Count
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
}

/** The second argument of an observer. */
export interface ObserverContext<Options = unknown, State = unknown> {
  /** The name of the event: `plugin:ID:*` covers several. */
  readonly name: string
  readonly state: State
  readonly options: Options
  readonly log: Log
  readonly store: Store
  readonly count: Count
}

/**
 * Listeners of the bus, by event. Nothing waits for them, and an error in one is logged and affects nothing else.
 * `plugin:ID:*` gets everything that the plugin with that id emits, `plugin:*:*` everything that any plugin emits.
 */
export type Observers<Options = unknown, State = unknown> = {
  readonly [Name in keyof BusEvents]?: (event: BusEvents[Name], context: ObserverContext<Options, State>) => unknown
}

/** The argument of `erase`. */
export interface EraseContext<Options> {
  /** SdkAppid. */
  readonly app: number
  readonly account: string
  readonly options: Options
  readonly log: Log
  readonly store: Store
  readonly signal: AbortSignal
}

/** A plugin. Any object of this shape is one. */
export interface Plugin<Schema extends OptionsSchema = Type.TSchema, State = unknown> {
  readonly name: string
  readonly description?: string
  /** The range of versions of timhook that it supports, such as `^0.2.0`; other versions refuse to load it. */
  readonly timhook?: string
  /**
   * Where it runs: in a separate thread (`worker`) or child process (`process`), so that its failures affect no
   * other plugin. `isolate` in the config entry overrides this.
   */
  readonly isolate?: 'worker' | 'process'
  /** The schema of the plugin's `options`. `secret: true` in TypeBox or JSON Schema hides a value from all output. */
  readonly options?: Schema
  /** Runs once, in config order, before the server listens. Its result is the handlers' `state`. */
  readonly setup?: (context: SetupContext<NoInfer<OptionsOf<Schema>>>) => Awaitable<State>
  /** Checks options beyond their schema. Throw an error with one line to refuse them. */
  readonly checkOptions?: (options: NoInfer<OptionsOf<Schema>>) => void
  readonly handlers: Handlers<NoInfer<OptionsOf<Schema>>, NoInfer<State>>
  readonly observe?: Observers<NoInfer<OptionsOf<Schema>>, NoInfer<State>>
  /** The metrics for `count`, by name: `blocked` of the plugin `words` is exported as `timhook_plugin_words_blocked`. */
  readonly metrics?: PluginMetrics
  /** Runs when the server stops, if `setup` ran, in reverse order. */
  readonly close?: (state: NoInfer<State>) => Awaitable<void>
  /**
   * Removes what the plugin keeps about an account outside of its `store`, and returns how much that was. It runs in a
   * separate process, with or without the server.
   */
  readonly erase?: (context: EraseContext<NoInfer<OptionsOf<Schema>>>) => Awaitable<number>
  /** Commands of the plugin, by name: `timhook ID NAME`. They run in a separate process, with or without the server. */
  readonly commands?: Readonly<Record<string, PluginCommand<Type.TSchema, NoInfer<OptionsOf<Schema>>>>>
}

/** Gives a plugin its types and does nothing else. Write `setup` before `handlers`: `state` is inferred in that order. */
export function definePlugin<Schema extends OptionsSchema = Type.TUnsafe<object>, State = undefined>(
  plugin: Plugin<Schema, State>,
): Plugin<Schema, State> {
  return plugin
}
