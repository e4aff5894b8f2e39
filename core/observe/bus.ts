import { EventEmitter } from 'eventemitter3'
import type { About } from '../callback/callback.ts'
import type { Outcome, Phase } from '../protocol/define.ts'
import type { RestCalled, RestPaused } from '../rest/client/observer.ts'
import type { LoggableError } from './loggable-error.ts'
import type { Held } from '../watchdog/watchdog.ts'

/** What observers can hear. Times are milliseconds. Nothing here holds a message, a token or a Sign. */
export interface BusEvents {
  'callback:received': About & { phase: Phase; known: boolean; signed: boolean }
  'callback:answered': About & { phase: Phase; outcome: Outcome; code: number; failed: boolean; durationMs: number }
  /** Not accepted: the answer's status is not 200. `reason` is the line that the answer carries. */
  'callback:rejected': {
    status: number
    reason: string
    /** As the URL says. */
    sdkAppId?: number
    /** As the URL says; `unknown` where that does not look like a command. */
    command?: string
    /** The peer's, or where `server.trustProxy` says so, the one that the proxy names. */
    address?: string
    /** `RequestID` of the URL, else an id of ours; the answer's `x-request-id`. */
    requestId?: string
    /** Outside of the time window: how far RequestTime is behind our clock; negative where it is ahead. */
    clockSkewMs?: number
  }
  /**
   * A body of which not all fits its definition. `faults` name at most 20 fields, with what was expected and what came;
   * `paths` has each field once, as the table has it (`MsgBody[].MsgContent.Text`), for counting. `fits` says whether the
   * body still has all that its type promises: without it, only handlers that say `faulty: true` get it.
   */
  'callback:faulty': About & { faults: readonly string[]; paths: readonly string[]; fits: boolean }
  /** The same callback came again and is counted, not delivered again. */
  'callback:resent': About & { resends: number }
  /** A RequestID has come with two bodies: from now on it tells no resend from an event that is alike. */
  'request-id:distrusted': About
  'handler:done': About & { plugin: string; attempt: number; durationMs: number }
  /** `onFailure` is how a before-handler's failure was resolved; `retryMs` when an after-handler is tried again. */
  'handler:failed': About & {
    plugin: string
    attempt: number
    reason: 'threw' | 'timeout' | 'verdict' | 'unreached' | 'faults' | 'busy'
    error?: LoggableError
    onFailure?: Outcome
    retryMs?: number
  }
  /** A handler that timed out had not settled when the next callback of its order key had to start. */
  'handler:overlap': About & { plugin: string }
  /** The process has died several times in a row while this was handled: it waits, and holds up nothing meanwhile. */
  'callback:suspect': About & { plugin: string; crashes: number; retryMs: number }
  /** Not delivered, and not tried again. Without a plugin: the callback was not accepted in the first place. */
  'callback:dead': About & { plugin?: string; error: string }
  /** A plugin is no longer in the config: what waited for it is dead letters now. */
  'backlog:dead': { plugin: string; count: number; error: string }
  /** The store did not take a callback: an after-callback was answered 503. */
  'delivery:failed': About & { error: unknown }
  /**
   * What went before its time, to make room: refused callbacks, finished ones, and dead letters for faults. `since`:
   * history is complete from then on, milliseconds since 1970.
   */
  'history:shortened': { refused: number; finished: number; faults: number; since: number }
  /** The disk is full: after-callbacks are answered 503 until there is room again. */
  'store:full': { since: number | undefined }
  'store:room': { since: number | undefined }
  /** Stored callbacks that cannot be read any more, by their numbers and the plugins that would have got them. */
  'store:damaged': { first: number; last: number; receivedAt: number; plugins: readonly string[] }
  /**
   * The store has failed for good: every after-callback is answered 503, and only a new process can change that.
   * `isOpen`: what is stored is still delivered until then, from a file that is no longer at its path.
   */
  'store:lost': { error: unknown; isOpen: boolean }
  /** A call of the REST API has ended, well or not. */
  'rest:called': RestCalled
  /** No call of an app is sent for a while. */
  'rest:paused': RestPaused
  'server:listening': { url: string }
  /**
   * A fault of ours while a request was handled, which was answered 500; or an error that a plugin left unhandled: which one,
   * and over which callback, where that can be told.
   */
  'server:failed': { error: unknown; stray?: boolean; plugin?: string; command?: string; callback?: string }
  /** Nothing could run for more than 2 s, and now it can. `by` is the handler that held the event loop, or those it may have been. */
  'loop:held': Held
  /** There are as many connections as there may be: for each new one the one that has been idle longest is closed. */
  'server:crowded': { connections: number }
  'server:draining': { drainMs: number }
  /** `stored`: whether what was not delivered will be, by another process or at the next start. */
  'server:closed': { undelivered: number; stored: boolean }
  'listener:failed': { event: string; error: unknown }
  /** `emit(name, data)` of a plugin. */
  [plugin: `plugin:${string}`]: unknown
}

type Listener<Name extends keyof BusEvents> = (event: BusEvents[Name]) => unknown

/** Where observers hang on: logs, metrics, tests. They are told, not awaited, and a throw of theirs harms nobody. */
export class Bus {
  readonly #emitter = new EventEmitter<Record<string, [unknown]>>()

  /** Listens; what it returns stops it. */
  on<Name extends keyof BusEvents>(event: Name, listener: Listener<Name>): () => void {
    const guarded = this.#guard(event, listener as (event: unknown) => unknown)
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

  /** Whether anybody listens: lets the hot path leave out what nobody would read. */
  hasListeners(event: keyof BusEvents): boolean {
    return this.#emitter.listenerCount(event) > 0
  }

  emit<Name extends keyof BusEvents>(event: Name, data: BusEvents[Name]): void {
    this.#emitter.emit(event, data)
  }

  #guard(event: string, listener: (event: unknown) => unknown): (event: unknown) => void {
    const failed = (error: unknown): void => {
      if (event !== 'listener:failed') this.emit('listener:failed', { event, error })
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
