import { type Channel, channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'eventemitter3'
import type { About } from '../callback/callback.ts'
import type { Outcome, Phase } from '../protocol/define.ts'
import type { RestCalled, RestPaused } from '../rest/client/observer.ts'
import { Counts } from './counts.ts'
import type { LoggableError } from './loggable-error.ts'
import type { Held } from '../watchdog/watchdog.ts'

/** The events of the bus. Times are milliseconds. No event contains a message, a token or a Sign. */
export interface BusEvents {
  'callback:received': About & { phase: Phase; known: boolean; signed: boolean }
  'callback:answered': About & {
    phase: Phase
    outcome: Outcome
    code: number
    /** Whether a handler failed. */
    failed: boolean
    durationMs: number
    /** Bytes of the body. */
    bytes: number
    /** The address of the sender, or the one that a proxy reports if `server.trustProxy` is set. */
    peer?: string
  }
  /** A request was answered with a status other than 200. `reason` is the text in the answer. */
  'callback:rejected': {
    status: number
    reason: string
    /** As the URL says. */
    sdkAppId?: number
    /** As the URL says; `unknown` if that does not look like a command. */
    command?: string
    /** The address of the peer, or the one that the proxy reports if `server.trustProxy` is set. */
    address?: string
    /** `RequestID` of the URL, else an id of ours; the answer's `x-request-id`. */
    requestId?: string
    /** RequestTime is outside the time window: milliseconds that it is behind our clock; negative if ahead. */
    clockSkewMs?: number
  }
  /**
   * A body that does not match its definition. `faults` names at most 20 fields, with what was expected and what arrived.
   * `paths` has each field once, as the table writes it (`MsgBody[].MsgContent.Text`), for counting. `fits` says
   * whether all required fields are present: if not, only handlers with `faulty: true` get the body.
   */
  'callback:faulty': About & { faults: readonly string[]; paths: readonly string[]; fits: boolean }
  /** The same callback came again. It is counted and not delivered again. */
  'callback:resent': About & { resends: number }
  /** A RequestID came with two different bodies: from now on it no longer identifies resends. */
  'request-id:distrusted': About
  'handler:done': About & { plugin: string; attempt: number; durationMs: number }
  /**
   * `onFailure` is the outcome of a before-handler's failure; `retryMs` is the delay until an after-handler is retried.
   */
  'handler:failed': About & {
    plugin: string
    attempt: number
    reason: 'threw' | 'timeout' | 'verdict' | 'unreached' | 'faults' | 'busy'
    error?: LoggableError
    onFailure?: Outcome
    retryMs?: number
    /** It threw RetryAfter, and no attempt is counted. */
    deferred?: boolean
  }
  /** A handler that timed out was still running when the next callback of its order key had to start. */
  'handler:overlap': About & { plugin: string }
  /** The process has died several times in a row while handling this callback. It waits and does not block others. */
  'callback:suspect': About & { plugin: string; crashes: number; retryMs: number }
  /** Became a dead letter: not delivered, and not retried. Without a plugin, the callback was not accepted in the first place. */
  'callback:dead': About & { plugin?: string; error: string }
  /** A plugin is no longer in the config. Its backlog became dead letters. */
  'backlog:dead': { plugin: string; count: number; error: string }
  /** A plugin gets no after-callbacks until it is resumed, or until a time (milliseconds since 1970). They wait. */
  'plugin:held': { plugin: string; reason: string; until?: number | undefined }
  'plugin:resumed': { plugin: string }
  /** The store did not accept a callback: the after-callback was answered 503. */
  'delivery:failed': About & { error: unknown }
  /**
   * Callbacks that were deleted early to make room: refused ones, finished ones, and dead letters for faults. The
   * history is complete from `since` on, milliseconds since 1970.
   */
  'history:shortened': { refused: number; finished: number; faults: number; since: number }
  /** The disk is full: after-callbacks are answered 503 until there is room. */
  'store:full': { since: number | undefined }
  'store:room': { since: number | undefined }
  /** More callbacks than this arrived within `delivery.resendWindow`: the oldest are forgotten early. Emitted once. */
  'resend-window:full': { entries: number }
  /** Stored callbacks became unreadable: their numbers, and the plugins that would have got them. */
  'store:damaged': { first: number; last: number; receivedAt: number; plugins: readonly string[] }
  /**
   * The store has failed for good: every after-callback is answered 503 until the process is replaced. `isOpen`: stored
   * callbacks are still delivered until then, from a file that is no longer at its path.
   */
  'store:lost': { error: unknown; isOpen: boolean }
  /** A call of the REST API has ended, successfully or not. */
  'rest:called': RestCalled
  /** Calls of an app are paused. */
  'rest:paused': RestPaused
  /** Something needs attention. Emitted once, and again every hour while it lasts. */
  'alert:raised': Alert
  /** An alert is over. */
  'alert:cleared': Alert & { lastedMs: number }
  'server:listening': { url: string }
  /**
   * An internal error while handling a request, which was answered 500; or an error that a plugin left unhandled, with
   * the plugin and callback if they can be determined.
   */
  'server:failed': { error: unknown; stray?: boolean; plugin?: string; command?: string; callback?: string }
  /**
   * The event loop was blocked for more than 2 s and runs again. `by` names the handler that blocked it, or all
   * candidates.
   */
  'loop:held': Held
  /** The limit of connections is reached: each new one closes the one that has been idle longest. */
  'server:crowded': { connections: number }
  /** The config was reloaded. By id: plugins that were added, restarted and removed; and keys that need a restart. */
  'config:reloaded': {
    added: readonly string[]
    changed: readonly string[]
    removed: readonly string[]
    restart: readonly string[]
  }
  /** New connections get a new certificate. `expiresAt`: milliseconds since 1970. */
  'certificate:replaced': { listener: 'server' | 'admin'; expiresAt: number }
  /** The config was reloaded and cannot be used: the running one stays. */
  'config:refused': { error: unknown }
  'server:draining': { drainMs: number }
  /** `stored`: whether undelivered callbacks will be delivered by another process or at the next start. */
  'server:closed': { undelivered: number; stored: boolean }
  /** A listener threw. `plugin`: whose `observe` it is, if it belongs to a plugin. */
  'listener:failed': { event: string; error: unknown; plugin?: string }
  /** `emit(name, data)` of a plugin. */
  [plugin: `plugin:${string}`]: unknown
}

/** What the rules of `core/observe/alerts` detect. */
export type AlertRule =
  | 'backlog'
  | 'certificate'
  | 'clock-skew'
  | 'dead-letters'
  | 'disk-full'
  | 'held'
  | 'no-callbacks'
  | 'not-stored'
  | 'plugin-failing'
  | 'store-lost'

export interface Alert {
  readonly rule: AlertRule
  /** The plugin that it is about, if any. */
  readonly plugin?: string
  /** Since when, milliseconds since 1970. */
  readonly since: number
  /** A sentence for a person, without messages, ids or addresses. */
  readonly text: string
}

const channels = new Map<string, Channel>()

/** The channel `timhook:EVENT` of node:diagnostics_channel, for observers that know the process and not the server. */
function channelOf(event: string): Channel {
  const known = channels.get(event)
  if (known) return known
  const made = channel(`timhook:${event}`)
  channels.set(event, made)
  return made
}

type Listener<Name extends keyof BusEvents> = (event: BusEvents[Name]) => unknown

/**
 * The event bus for logs, metrics and tests. Listeners are not awaited, and an error of a listener affects nobody else.
 */
export class Bus {
  /** Counts of what is too frequent for events. */
  readonly counts = new Counts()
  readonly #emitter = new EventEmitter<Record<string, [unknown]>>()

  /**
   * Adds a listener, and returns a function that removes it.
   * @param plugin the owner of the listener, for the report of its errors
   */
  on<Name extends keyof BusEvents>(event: Name, listener: Listener<Name>, plugin?: string): () => void {
    const guarded = this.#guard(event, listener as (event: unknown) => unknown, plugin)
    this.#emitter.on(event, guarded)
    return () => void this.#emitter.off(event, guarded)
  }

  /** Resolves with the next such event that `matches`. */
  next<Name extends keyof BusEvents>(
    event: Name,
    matches: (event: BusEvents[Name]) => boolean = () => true,
  ): Promise<BusEvents[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(event, (data) => {
        if (!matches(data)) return
        stop()
        resolve(data)
      })
    })
  }

  /** Whether an event has listeners: the hot path does not build events that nobody reads. */
  hasListeners(event: keyof BusEvents): boolean {
    return this.#emitter.listenerCount(event) > 0 || channelOf(event).hasSubscribers
  }

  emit<Name extends keyof BusEvents>(event: Name, data: BusEvents[Name]): void {
    this.#emitter.emit(event, data)
    const published = channelOf(event)
    if (published.hasSubscribers) published.publish(data)
  }

  #guard(event: string, listener: (event: unknown) => unknown, plugin?: string): (event: unknown) => void {
    const failed = (error: unknown): void => {
      if (event !== 'listener:failed') this.emit('listener:failed', { event, error, ...(plugin && { plugin }) })
    }
    return (data) => {
      try {
        const result = listener(data)
        if (result instanceof Promise) result.catch(failed)
      } catch (error) {
        failed(error)
      }
    }
  }
}
