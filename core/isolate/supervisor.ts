import type { Context } from '../host/context.ts'
import type { PluginLimits } from '../host/load.ts'
import { TimeoutError, withTimeout } from '../lib/timeout.ts'
import { reasonOf } from '../observe/loggable-error.ts'
import { RetryAfter } from '../plugin-api/outcome-errors.ts'
import type { SetupContext } from '../plugin.ts'
import type { IsolationHealth } from '../registry.ts'
import { Calls } from './calls.ts'
import { endedError, type Link, type OpenLink } from './link.ts'
import type { LoadRequest } from './wire/messages.ts'
import { Outlets } from './outlets.ts'
import { Restarts } from './restarts.ts'
import { Services } from './services.ts'
import { encodeError } from './wire/wire-error.ts'

/** A module that takes too long to load should report that itself, if it can. */
const LOAD_GRACE_MS = 1000
/** How long after-callbacks wait while it starts. */
const STARTING_MS = 250
const MAX_OBSERVED = 1000

export interface SupervisorDeps {
  readonly id: string
  readonly level: 'worker' | 'process'
  readonly request: LoadRequest
  readonly limits: PluginLimits
  /** Opens a thread or process. */
  readonly open: OpenLink
}

type State = IsolationHealth['state']

/**
 * Runs a plugin in a thread or process, and starts another one when that ends.
 *
 * - starting: it loads and sets up the plugin. Before-callbacks wait for it within their time limit.
 * - running: it gets callbacks.
 * - waiting, parked: it has ended, and a timer starts it again. Before-callbacks fail at once.
 * - closed: for good.
 *
 * After-callbacks are put off while it does not run, as by a hold: that is not an attempt, and keeps their order.
 */
export class Supervisor {
  readonly #deps: SupervisorDeps
  readonly #restarts = new Restarts()
  readonly #calls: Calls
  #context: SetupContext<unknown> | undefined
  #services: Services | undefined
  #outlets: Outlets | undefined
  #link: Link | undefined
  #state: State = 'starting'
  #started: Promise<unknown> = Promise.resolve()
  #startedAt = 0
  #nextStartAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #reason: string | undefined
  #observed = 0

  constructor(deps: SupervisorDeps) {
    this.#deps = deps
    this.#calls = new Calls(() => this.#retryMs())
  }

  /** Starts it for the first time. @throws what the plugin's setup throws; PLUGIN_ENDED */
  async setUp(context: SetupContext<unknown>): Promise<this> {
    this.#context = context
    this.#services = new Services(context)
    this.#outlets = new Outlets(context)
    context.signal.addEventListener('abort', () => this.#stopping(context.signal.reason), { once: true })
    context.signal.throwIfAborted()
    try {
      await this.#start()
    } catch (error) {
      this.#state = 'closed'
      this.#link?.kill('could not be started')
      throw error
    }
    return this
  }

  /** Calls a handler. Rejects with what it throws, or if the thread ends. */
  async call(context: Context): Promise<unknown> {
    if (this.#state === 'starting' && context.phase === 'before') await this.#started.catch(() => undefined)
    const link = this.#link
    if (this.#state !== 'running' || !link) {
      if (context.phase === 'after') throw new RetryAfter(this.#retryMs(), this.#why(), { plugin: true })
      throw endedError(this.#reason ?? 'is not running')
    }
    return this.#calls.call(link, context)
  }

  /** Passes an event of the bus on. Drops and counts events above the limit. */
  observe(on: string, name: string, event: unknown): void {
    if (this.#state !== 'running' || !this.#link) return
    if (this.#observed >= MAX_OBSERVED) {
      this.#outlets?.dropped('events for its observers')
      return
    }
    this.#observed++
    const done = (): void => void this.#observed--
    this.#link.send('observe', { on, name, event: withErrors(event) }).result.then(done, done)
  }

  /** Closes the plugin within its time limit, and ends the thread. @throws what its close throws */
  async close(): Promise<void> {
    const { limits } = this.#deps
    const link = this.#link
    const wasRunning = this.#state === 'running'
    this.#state = 'closed'
    clearTimeout(this.#timer)
    this.#services?.end()
    if (!link) return
    if (!wasRunning) {
      link.kill('is closed')
      return
    }
    try {
      await withTimeout(link.send('close').result, limits.closeMs)
      link.finish()
    } catch (error) {
      const isLate = error instanceof TimeoutError
      link.kill('is closed')
      throw isLate ? endedError(`was ended: its close did not settle within ${limits.closeMs} ms`) : error
    }
  }

  health(): IsolationHealth {
    return {
      level: this.#deps.level,
      state: this.#state,
      restarts: this.#restarts.count,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      ...(this.#nextStartAt !== undefined && { nextStartAt: this.#nextStartAt }),
    }
  }

  #start(): Promise<void> {
    this.#state = 'starting'
    this.#nextStartAt = undefined
    const starting = this.#open()
    this.#started = starting
    return starting
  }

  async #open(): Promise<void> {
    const { id, request, limits, open } = this.#deps
    const [context, outlets, services] = [this.#context, this.#outlets, this.#services]
    if (!context || !outlets || !services) throw endedError('was not set up')
    const link = open(
      (message, from) => {
        if (message.kind === 'ask') void from.reply(message.n, () => services.answer(message.n, message.asked))
        else if (message.kind === 'cancel') services.cancel(message.n)
        else outlets.take(message)
      },
      (stream, line) => outlets.line(stream, line),
    )
    this.#link = link
    this.#startedAt = performance.now()
    link.onEnd(() => this.#ended(link))
    const limitMs = limits.setupMs + LOAD_GRACE_MS
    await withTimeout(link.send('load', request).result, limitMs)
    const setup = { id, apps: context.apps, levels: outlets.levels }
    await withTimeout(link.send('setup', setup).result, limitMs)
    if (this.#state === 'starting') this.#state = 'running'
  }

  /** The thread has ended. Its calls are rejected after this. */
  #ended(link: Link): void {
    this.#calls.ended(link)
    this.#services?.end()
    const hasRun = this.#state === 'running' || this.#restarts.count > 0
    if (this.#state === 'closed' || !hasRun) return
    const why = link.ended ?? 'has ended'
    const { inMs, isParked } = this.#restarts.next(performance.now() - this.#startedAt, this.#calls.hasWorked(link))
    this.#reason = why
    this.#state = isParked ? 'parked' : 'waiting'
    this.#nextStartAt = Date.now() + inMs
    this.#outlets?.ended(this.#deps.level, why, { inMs, isParked })
    this.#timer = setTimeout(() => this.#restart(), inMs).unref()
  }

  #restart(): void {
    this.#start().then(
      () => this.#outlets?.restarted(this.#deps.level),
      // A failure before the end is the better reason.
      (error: unknown) => this.#link?.kill(`could not be set up: ${reasonOf(error)}`),
    )
  }

  /** The server stops, or the setup is abandoned. */
  #stopping(reason: unknown): void {
    if (this.#state === 'starting') this.#link?.kill('was no longer needed')
    else this.#link?.post({ kind: 'stopping', error: encodeError(reason) })
  }

  /** How long after-callbacks wait, milliseconds. */
  #retryMs(): number {
    if (this.#nextStartAt === undefined) return STARTING_MS
    return Math.max(0, this.#nextStartAt - Date.now()) + STARTING_MS
  }

  #why(): string {
    return `its ${this.#deps.level} ${this.#reason ?? 'is not running'}`
  }
}

/** Turns errors in an event into data. */
function withErrors(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('error' in event)) return event
  return event.error instanceof Error ? { ...event, error: encodeError(event.error) } : event
}
