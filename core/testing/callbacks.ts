import type { Bus, BusEvents } from '../observe/bus.ts'
import { identifiesEvent } from '../delivery/ingest/fingerprint.ts'
import type { Answer } from '../answer.ts'
import { TimhookError } from '../errors.ts'
import type { ManualClock } from '../lib/clock.ts'
import { newId } from '../lib/id.ts'
import { type JsonObject, isObject, parseJson, writeJson } from '../lib/json.ts'
import type { Outcome, Phase } from '../protocol/define.ts'
import type { Running } from '../runtime.ts'
import type { HandlerCalls } from './calls.ts'
import type { CallbackSettings, Handled } from './types.ts'

/** The decision on a before-callback. */
export interface Decided {
  readonly outcome: Outcome
  readonly code: number
  readonly info: string
  readonly fields: JsonObject
  readonly answer: JsonObject
  readonly failed: boolean
  readonly error: unknown
}

interface CallbackDeps {
  readonly running: Running
  readonly bus: Bus
  readonly clock: ManualClock
  readonly calls: HandlerCalls
  readonly plugin: string
  readonly firstApp: number
  /** The id that the dispatcher gives the next callback. */
  readonly ids: { next: string }
}

type Failed = BusEvents['handler:failed']

interface Pending {
  readonly resolve: (handled: Handled) => void
  readonly reject: (error: unknown) => void
  readonly raw: string
  readonly identifiesEvent: boolean
}

/** Hands callbacks to the dispatcher as the server does, and waits for the results. */
export class Callbacks {
  readonly #deps: CallbackDeps
  readonly #failures = new Map<string, Failed>()
  readonly #pending = new Map<string, Pending>()
  readonly #raws = new Map<string, string>()

  constructor(deps: CallbackDeps) {
    this.#deps = deps
    const { bus, calls } = deps
    bus.on('handler:done', ({ id }) => this.#take(id)?.resolve({ id, resent: false }))
    bus.on('handler:failed', (event) => {
      this.#failures.set(event.id, event)
      this.#take(event.id)?.reject(errorOf(event, calls))
    })
    bus.on('callback:dead', ({ id, error }) => this.#take(id)?.reject(new TimhookError('TEST_FAILED', error)))
    bus.on('callback:resent', ({ id }) => this.#resent(id))
  }

  /** Dispatches a before-callback and returns the decision. */
  async decide(command: string, body: JsonObject, settings: CallbackSettings): Promise<Decided> {
    const { id, answer } = this.#dispatch('before', command, body, settings)
    const { text, decision } = await answer
    const { ActionStatus: _status, ErrorInfo, ErrorCode, ...fields } = parseJson(text) as JsonObject
    if (!decision) throw new TimhookError('TEST_FAILED', `${command} was not decided: ${text}`)
    const failure = this.#failures.get(id)
    const error = failure && errorOf(failure, this.#deps.calls)
    const { outcome, failed } = decision
    const whole = { ActionStatus: _status, ErrorInfo, ErrorCode, ...fields }
    return { outcome, code: Number(ErrorCode), info: String(ErrorInfo), fields, answer: whole, failed, error }
  }

  /** Dispatches an after-callback. Resolves when the plugin has handled it, and rejects with what its handler threw. */
  async handle(command: string, body: JsonObject, settings: CallbackSettings): Promise<Handled> {
    const raw = writeJson(body)
    const id = settings.id ?? newId(this.#deps.clock.now())
    const handled = new Promise<Handled>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, raw, identifiesEvent: identifiesEvent(body) })
    })
    const { answer } = this.#dispatch('after', command, body, { ...settings, id })
    const { status, reason } = await answer
    if (status !== 200) throw new TimhookError('TEST_FAILED', `${command} was answered ${status}: ${reason}`)
    return handled
  }

  #dispatch(
    phase: Phase,
    command: string,
    body: JsonObject,
    settings: CallbackSettings,
  ): { id: string; answer: Promise<Answer> } {
    const { running, clock, plugin, firstApp } = this.#deps
    const { app: sdkAppId = firstApp, query = {}, signed = true, id = newId(clock.now()) } = settings
    const route = running.registry.route(sdkAppId, command)
    if (route.phase !== phase) {
      const message = `${command} is for ${route.phase}()`
      throw new TimhookError('TEST_FAILED', message)
    }
    if (route.subscriptions.length === 0) {
      throw new TimhookError('TEST_FAILED', `plugin ${plugin} has no handler for ${command} of app ${sdkAppId}`)
    }
    const raw = writeJson(body)
    const parsed = parseJson(raw)
    this.#failures.delete(id)
    this.#raws.set(id, raw)
    const parameters = { SdkAppid: `${sdkAppId}`, CallbackCommand: command, contenttype: 'json', ...query }
    this.#deps.ids.next = id
    const answer = running.dispatch(
      {
        sdkAppId,
        command,
        query: new URLSearchParams(parameters).toString(),
        signed,
        receivedAt: clock.now(),
        startedAt: clock.monotonic(),
      },
      { raw, body: isObject(parsed) ? parsed : {} },
    )
    return { id, answer: Promise.resolve(answer) }
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  /** A resend has the id of the first one, and is not delivered. */
  #resent(first: string): void {
    const raw = this.#raws.get(first)
    for (const [id, pending] of this.#pending) {
      if (!pending.identifiesEvent || pending.raw !== raw || this.#deps.calls.hasStarted(id)) continue
      this.#take(id)?.resolve({ id: first, resent: true })
    }
  }
}

/** What the handler threw, or what else was wrong with it. */
function errorOf({ id, command, reason, error, plugin }: Failed, calls: HandlerCalls): unknown {
  const thrown = reason === 'timeout' ? undefined : calls.thrownFor(id)
  if (thrown) return thrown.error
  const what = {
    threw: 'threw',
    timeout: 'took too long',
    verdict: 'gave a verdict that does not fit',
    unreached: 'was not reached in time',
    faults: 'was not called: the body lacks required fields, or they do not fit',
    busy: 'was not called: too many callbacks are undecided',
  }[reason]
  const code = reason === 'verdict' ? 'VERDICT_INVALID' : 'TEST_FAILED'
  const detail = error ? `: ${error.message}` : ''
  return new TimhookError(code, `the handler of plugin ${plugin} for ${command} ${what}${detail}`)
}
