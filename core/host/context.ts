import type { StoredCallback } from '../callback/callback.ts'
import type { App, Query } from '../plugin-api/handler-context.ts'
import { type JsonObject, isObject, parseJson } from '../lib/json.ts'
import { orderKeyOf, printableKey } from '../protocol/order-key.ts'
import type { Reading } from '../callback/body-reader.ts'
import type { Log } from '../plugin-api/log.ts'
import type { Count } from '../observe/plugin-counters.ts'
import type { Route, Subscription } from '../registry.ts'
import { currentTrace, isTracing, traceHandler } from '../observe/tracing.ts'
import { parseQuery } from './parse-query.ts'
import { traceParentOf } from '../observe/trace-parent.ts'
import type { Rest } from '../rest/calls/rest.ts'
import type { Store } from '../store/store.ts'
import { HOPS, hopsOnward } from '../callback/hops.ts'
import type { VerdictFactory } from '../plugin-api/verdict.ts'
import { beginCall, endCall, settleCall, trackPending } from '../watchdog/calls.ts'
import type { LazySignal } from '../lib/timeout.ts'

const none: readonly string[] = Object.freeze([])

/** The values that differ between calls of a handler. */
export interface Call {
  readonly body: JsonObject
  readonly faults: readonly string[]
  readonly attempt: number
  readonly resends: number
  readonly maybeResend: boolean
  readonly signal: LazySignal
  /** Before-callbacks only: the fields that earlier plugins have rewritten. */
  readonly rewritten?: readonly string[]
  /** After-callbacks only: whether the body has its required fields. Without them it has no order. */
  readonly fits?: boolean
}

/** The context of a handler. Costly, rarely used parts are created on first access. */
export class Context {
  readonly phase: 'before' | 'after'
  readonly command: string
  readonly body: JsonObject
  readonly raw: string
  readonly app: App
  readonly signed: boolean
  readonly id: string
  readonly attempt: number
  readonly resends: number
  readonly maybeResend: boolean
  readonly receivedAt: number
  readonly faults: readonly string[]
  readonly state: unknown
  readonly options: unknown
  readonly store: Store
  readonly emit: (name: string, data: unknown) => void
  readonly count: Count
  declare readonly rewritten?: readonly string[]
  declare readonly answerFields?: readonly string[] | undefined
  declare readonly allow?: VerdictFactory['allow']
  declare readonly reject?: VerdictFactory['reject']
  declare readonly drop?: VerdictFactory['drop']
  readonly #text: string
  readonly #route: Route
  readonly #subscription: Subscription
  readonly #fits: boolean
  readonly #signal: LazySignal
  #query: Query | undefined

  constructor(callback: StoredCallback, route: Route, subscription: Subscription, call: Call) {
    const { plugin } = subscription
    this.phase = route.phase
    this.command = callback.command
    this.body = call.body
    this.raw = callback.raw
    this.app = { sdkAppId: callback.sdkAppId }
    this.signed = callback.signed
    this.id = callback.id
    this.attempt = call.attempt
    this.resends = call.resends
    this.maybeResend = call.maybeResend
    this.receivedAt = callback.receivedAt
    this.faults = call.faults
    this.state = plugin.state
    this.options = plugin.options
    this.store = plugin.store
    this.emit = plugin.emit
    this.count = plugin.count
    if (route.verdicts) {
      this.rewritten = call.rewritten ?? none
      this.answerFields = route.verdicts.answerFields
      this.allow = route.verdicts.allow
      this.reject = route.verdicts.reject
      this.drop = route.verdicts.drop
    }
    this.#text = callback.query
    this.#route = route
    this.#subscription = subscription
    this.#fits = call.fits === true
    this.#signal = call.signal
  }

  /** What `callHandler` in another thread needs of a context besides its properties. */
  static originOf(context: Context): { query: string; instance: string; fits: boolean } {
    return { query: context.#text, instance: context.#subscription.plugin.instance, fits: context.#fits }
  }

  get query(): Query {
    this.#query ??= parseQuery(this.#text)
    return this.#query
  }

  get log(): Log {
    return this.#subscription.plugin.log.child({ callback: this.id, command: this.command })
  }

  get forwardHeaders(): Readonly<Record<string, string>> {
    const { id, instance } = this.#subscription.plugin
    return {
      [HOPS]: hopsOnward(this.query[HOPS], instance),
      traceparent: currentTrace(this.#text) ?? traceParentOf(this.id, id, this.attempt),
    }
  }

  get orderKey(): string | undefined {
    const { phase, definition } = this.#route
    if (phase !== 'after' || !definition || !this.#fits) return undefined
    const key = orderKeyOf(definition.order, this.body)
    return key === undefined ? undefined : printableKey(this.app.sdkAppId, key)
  }

  get rest(): Rest {
    return this.#subscription.plugin.rest(this.app.sdkAppId)
  }

  get signal(): AbortSignal {
    return this.#signal.signal
  }
}

/** Calls one handler and returns its result. Throws what the handler throws. */
export function callHandler(callback: StoredCallback, route: Route, subscription: Subscription, call: Call): unknown {
  beginCall(subscription.mark, callback.id)
  try {
    const context = new Context(callback, route, subscription, call) as never
    if (!isTracing()) return subscription.handle(context)
    return traceHandler(callback, subscription.plugin.id, call.attempt, () => subscription.handle(context))
  } finally {
    endCall()
  }
}

/**
 * Tracks a call that has returned a promise, for the watchdog and for a reload.
 * @returns a function for when it has settled; further calls of it do nothing
 */
export function trackCall({ mark, calls }: Subscription, id: string): () => void {
  const entry = trackPending(mark, id)
  let isPending = true
  calls.enter()
  return () => {
    if (!isPending) return
    isPending = false
    settleCall(entry)
    calls.leave()
  }
}

/**
 * Parses and reads the body again, for every plugin but the one that gets the original, or after the definition has
 * changed.
 */
export function freshReading({ raw, query, command }: StoredCallback, route: Route): Reading {
  const body = parseJson(raw)
  return route.read(isObject(body) ? body : {}, requestedIn(query, command))
}

/** Returns the command in the URL. It differs from the callback's if the body names another one. */
function requestedIn(query: string, command: string): string {
  if (query.includes(`CallbackCommand=${command}`)) return command
  for (const [name, value] of new URLSearchParams(query)) if (name.toLowerCase() === 'callbackcommand') return value
  return command
}
