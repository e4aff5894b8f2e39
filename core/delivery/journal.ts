import type { Outcome } from '../protocol/define.ts'

/** Which callbacks to list. Times are milliseconds since 1970. */
export interface Filter {
  readonly app?: number
  readonly command?: string
  /** Those that this plugin gets. */
  readonly plugin?: string
  /** What has become of it: with `plugin` there, else with any. `kept` are those that were decided or refused. */
  readonly outcome?: 'done' | 'waiting' | 'dead' | 'kept'
  readonly since?: number
  readonly until?: number
  /** Those that stand after this entry in a list: for the next page. */
  readonly before?: string
  readonly limit?: number
}

/** A stored callback. */
export interface Entry {
  /** Where it stands in the store: larger is newer within one store. Opaque to all but the engine. */
  readonly ref: string
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly signed: boolean
  readonly resends: number
  readonly maybeResend: boolean
  readonly query: string
  readonly raw: string
  /** What has become of it, plugin by plugin; empty for what no plugin gets. */
  readonly plugins: readonly { readonly id: string; readonly outcome: 'done' | 'waiting' | 'dead' }[]
  /** Of a callback that was decided or refused, and so is not delivered. */
  readonly kept?: {
    readonly outcome: Outcome | 'refused'
    readonly code: number
    readonly failed: boolean
    readonly error?: string
  }
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
  readonly callback: Pick<Entry, 'ref' | 'id' | 'sdkAppId' | 'command' | 'raw'>
}

/** Which dead letters. */
export interface DeadFilter {
  readonly plugin?: string
  readonly command?: string
  /** Those that stand after this one in a list: for the next page. */
  readonly before?: string
  readonly limit?: number
}

/** What another process may ask of the server. It is done by the server, at its next start if it does not run. */
export type Asked =
  | { readonly kind: 'retry' | 'drop'; readonly refs: readonly string[] }
  | { readonly kind: 'replay'; readonly plugin: string; readonly refs: readonly string[] }

/** What is stored, for other processes than the server; the server may run meanwhile, or not. */
export interface Journal {
  /** Newest first. */
  callbacks(filter?: Filter): Promise<Entry[]>
  /** Newest first; without a plugin those of all. */
  deadLetters(filter?: DeadFilter): Promise<DeadLetter[]>
  /** The entries with these ids of callbacks. */
  find(ids: readonly string[]): Promise<Entry[]>
  /** Puts a request where the server looks for it. Gives what `result` names it by. */
  request(asked: Asked): Promise<string>
  /** What came of a request; undefined as long as no server has looked at it. */
  result(request: string): Promise<{ readonly count: number } | undefined>
  close(): Promise<void>
}
