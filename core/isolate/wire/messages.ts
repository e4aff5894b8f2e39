import type { Fault, Path } from '../../../config/faults.ts'
import type { PluginEntry } from '../../../config/sections/plugins.ts'
import type { StoredCallback } from '../../callback/callback.ts'
import type { Call } from '../../host/context.ts'
import type { AppSettings } from '../../plugin-api/plugin-command.ts'
import type { Plugin } from '../../plugin.ts'
import type { Outcome } from '../../protocol/define.ts'
import type { HandlerSpec } from '../../registry.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { WireError } from './wire-error.ts'

/*
 * The messages between the server and a plugin in a separate thread or process. Both send them by structured clone.
 * `n` numbers the requests of either side.
 */

/** What a plugin is loaded from. */
export interface LoadRequest {
  readonly url: string
  readonly entry: PluginEntry
  /** The paths of options that came from `${…}`, and of those whose `${…}` has no value. */
  readonly interpolated: readonly (readonly [path: Path, kind: 'part' | 'whole'])[]
  readonly broken: readonly Path[]
}

/** A handler without its function, and with the number of its pool. */
export type WireSpec = Omit<HandlerSpec, 'handle' | 'pool'> & { readonly pool: number }

/** A plugin, described as data. */
export interface Description {
  readonly name: string
  readonly description: string | undefined
  readonly observes: readonly string[]
  readonly metrics: Plugin['metrics']
  readonly commands: Readonly<Record<string, object>>
  readonly specs: readonly (readonly [pattern: string, spec: WireSpec])[]
  /** The concurrency of each pool. */
  readonly pools: readonly number[]
  readonly closes: boolean
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  /** Texts of the options that its schema marks as secret. */
  readonly secrets: readonly string[]
}

export interface SetUpRequest {
  readonly id: string
  readonly apps: readonly AppSettings[]
  /** The levels that the log writes. */
  readonly levels: readonly Level[]
}

export interface CallRequest {
  /** The name of the server. */
  readonly instance: string
  readonly callback: StoredCallback
  readonly call: Omit<Call, 'signal'>
}

export interface CommandRequest {
  readonly name: string
  readonly given: unknown
  readonly json: boolean
  readonly apps: readonly AppSettings[]
}

/** What a view returned and printed. */
export interface CommandResult {
  readonly rows: unknown
  readonly printed: string
}

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** From the server to the plugin. */
export type ToPlugin =
  | { readonly kind: 'load'; readonly n: number; readonly data: LoadRequest }
  | { readonly kind: 'setup'; readonly n: number; readonly data: SetUpRequest }
  | { readonly kind: 'call'; readonly n: number; readonly data: CallRequest }
  | { readonly kind: 'command'; readonly n: number; readonly data: CommandRequest }
  | {
      readonly kind: 'observe'
      readonly n: number
      readonly data: { readonly on: string; readonly name: string; readonly event: unknown }
    }
  | { readonly kind: 'close'; readonly n: number; readonly data?: undefined }
  /** A call or command has timed out. */
  | { readonly kind: 'abort'; readonly n: number; readonly error: WireError }
  /** The server stops, or the plugin is about to be closed. */
  | { readonly kind: 'stopping'; readonly error: WireError }
  | { readonly kind: 'ping' }
  | Reply

/** A message that gets an answer. */
export type Request = Extract<ToPlugin, { data?: unknown }>

/** The answer to a request of either side. */
export interface Reply {
  readonly kind: 'reply'
  readonly n: number
  readonly value?: unknown
  readonly error?: WireError
}

/** What a before-handler returned. */
export type Returned =
  | undefined
  | {
      readonly outcome: Outcome
      readonly code: number
      readonly info: string
      readonly fields?: JsonObject
      readonly fault?: string
    }
  /** Something that is not a verdict. */
  | { readonly outcome: undefined }

/** A request of a plugin to the server. Values of the store are JSON. */
export type Asked =
  | { readonly what: 'get' | 'delete'; readonly key: string }
  | { readonly what: 'set'; readonly key: string; readonly json: string | undefined; readonly ttlMs?: number }
  | { readonly what: 'list'; readonly prefix: string }
  | {
      /** Writes `json` if the value is still `expected`. */
      readonly what: 'swap'
      readonly key: string
      readonly expected: string | undefined
      readonly json: string | undefined
    }
  | { readonly what: 'lease'; readonly name: string; readonly ttlMs: number }
  | { readonly what: 'renew'; readonly lease: number; readonly ttlMs: number }
  | { readonly what: 'release'; readonly lease: number }
  | { readonly what: 'record'; readonly record: string; readonly json: string | undefined }
  | { readonly what: 'records'; readonly record: string; readonly limit?: number }
  | {
      readonly what: 'rest'
      readonly sdkAppId: number
      readonly service: string
      readonly command: string
      readonly json: string | undefined
      readonly timeoutMs?: number
      readonly attempts?: number
      readonly repeatable?: boolean
    }

/** From the plugin to the server. */
export type FromPlugin =
  | Reply
  | { readonly kind: 'ask'; readonly n: number; readonly asked: Asked }
  /** A REST call is no longer wanted. */
  | { readonly kind: 'cancel'; readonly n: number }
  | { readonly kind: 'log'; readonly level: Level; readonly fields: object; readonly message: string }
  | { readonly kind: 'emit'; readonly name: string; readonly data: unknown }
  | { readonly kind: 'count'; readonly counted: readonly Counted[] }
  /** An error that nothing caught. `isFatal`: the plugin ends with it. */
  | { readonly kind: 'stray'; readonly error: WireError; readonly isFatal: boolean }
  | { readonly kind: 'pong' }

/** `count(name, labels, by)`, several at once. */
export type Counted = readonly [name: string, labels: Readonly<Record<string, string>>, by: number]
