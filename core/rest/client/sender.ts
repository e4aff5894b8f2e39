import { randomInt } from 'node:crypto'
import type { JsonObject } from '../../lib/json.ts'
import { UserSigner } from './usersig.ts'
import { nameOf, type Api } from '../calls/apis.ts'
import type { CallOptions } from '../calls/call.ts'
import type { Clock } from '../pace/clock.ts'
import { suspendsAll } from '../pace/codes.ts'
import { failureOf, type Failure } from '../pace/failure.ts'
import { nextTryMs } from '../pace/next-try.ts'
import type { Observer } from './observer.ts'
import { Pace, RATE_PAUSE_MS } from '../pace/pace.ts'
import { post, type Reply } from './post.ts'
import { urlOf, type RestSettings } from './settings.ts'
import { Suspension, SUSPENSION_MS } from '../pace/suspension.ts'

const TIMEOUT_MS = 10_000
const ATTEMPTS = 4
// Tencent requires about a minute.
const SIGNATURES_PAUSE_MS = 60_000

/** One call under way. */
export interface Job {
  readonly api: Api
  /** The body. */
  readonly text: string
  /** Removes secrets and texts of the body from Tencent's error text. */
  readonly clean: (text: string) => string
  readonly options: CallOptions
  readonly signal: AbortSignal
}

/** The result of a call, and its attempts. */
export type CallResult = { readonly attempts: number } & (
  | { readonly answer: JsonObject; readonly code: number }
  | { readonly failure: Failure }
)

interface SenderDeps {
  readonly observer: Observer
  readonly clock: Clock
  readonly random: () => number
}

/** Sends the calls of one app: waits for the rate limit, and retries if that can help. */
export class Sender {
  readonly #settings: RestSettings
  readonly #deps: SenderDeps
  readonly #signer: UserSigner
  readonly #pace: Pace
  readonly #suspension: Suspension

  constructor(settings: RestSettings, deps: SenderDeps) {
    const { clock } = deps
    this.#settings = settings
    this.#deps = deps
    this.#signer = new UserSigner(settings, () => clock.now())
    this.#pace = new Pace(clock)
    this.#suspension = new Suspension(clock)
  }

  async send(job: Job): Promise<CallResult> {
    const { api, options, signal } = job
    const maxAttempts = options.attempts ?? ATTEMPTS
    const repeatable = options.repeatable ?? api.repeatable
    const spent = new Set<Failure['kind']>()
    let attempts = 0
    let outcomeUnknown = false
    try {
      for (;;) {
        const suspended = this.#suspension.failure()
        if (suspended) return { failure: { ...suspended, outcomeUnknown }, attempts }
        await this.#pace.acquire(nameOf(api), api.perSecond, signal)
        attempts++
        const unknownBefore: boolean = outcomeUnknown
        outcomeUnknown = true
        const sent = await this.#sendOnce(job)
        if (!('failure' in sent)) return { ...sent, attempts }
        const { failure } = sent
        outcomeUnknown = unknownBefore || failure.outcomeUnknown
        const waitMs = nextTryMs(failure, { attempts, maxAttempts, repeatable, spent }, this.#deps.random)
        if (waitMs === undefined) return { failure: { ...failure, outcomeUnknown }, attempts }
        spent.add(failure.kind)
        if (waitMs > 0) await this.#deps.clock.sleep(waitMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
      return { failure: { kind: 'aborted', outcomeUnknown, sentence: 'ended by its caller' }, attempts }
    }
  }

  async #sendOnce({ api, text, clean, options, signal }: Job): Promise<Reply> {
    const usersig = this.#signer.current()
    const url = urlOf(this.#settings, nameOf(api), usersig, randomInt(2 ** 32))
    const reply = await post(url, text, {
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      signal,
      headers: this.#deps.observer.headers?.(),
    })
    if (!('failure' in reply) && (reply.code === 0 || api.accepts?.(reply.answer) === true)) return reply
    const failure = 'failure' in reply ? reply.failure : failureOf(reply.answer, reply.code, clean)
    this.#applyToApp(failure, usersig)
    return { failure }
  }

  /** Slows down or suspends all calls of the app if the error concerns them too. */
  #applyToApp({ kind, errorCode }: Failure, usersig: string): void {
    const paused = (reason: 'rate' | 'signatures' | 'settings', pauseMs: number): void => {
      const { sdkAppId } = this.#settings
      this.#deps.observer.paused({ sdkAppId, reason, ...(errorCode !== undefined && { code: errorCode }), pauseMs })
    }
    if (kind === 'usersig') this.#signer.discard(usersig)
    if (kind === 'rate' && this.#pace.slowDown()) paused('rate', RATE_PAUSE_MS)
    if (kind === 'wait' && this.#pace.pause(SIGNATURES_PAUSE_MS)) paused('signatures', SIGNATURES_PAUSE_MS)
    if (errorCode === undefined || !suspendsAll(errorCode)) return
    if (this.#suspension.begin(errorCode)) paused('settings', SUSPENSION_MS)
  }
}
