import { Context } from '../host/context.ts'
import { RetryAfter } from '../plugin-api/outcome-errors.ts'
import { Verdict } from '../plugin-api/verdict.ts'
import { endedError, type Link, UNANSWERED } from './link.ts'
import type { CallRequest, Returned } from './wire/messages.ts'
import { Suspects } from './suspects.ts'
import { encodeError } from './wire/wire-error.ts'

/** How long callbacks that have to wait for a suspect are put off. */
const TURN_MS = 50
/** How long a late call may still settle before it is forgotten. */
const FORGET_MS = 60_000

interface Pending {
  readonly id: string
  readonly phase: 'before' | 'after'
  /** Whether it has timed out. Then its outcome is known, and nobody waits for it. */
  isLate: boolean
  /** What it means for the call if the thread ends. */
  outcome: 'failed' | 'again'
}

interface Life {
  readonly pending: Set<Pending>
  hasWorked: boolean
}

/** The calls under way in a thread, and their outcomes when it ends. */
export class Calls {
  readonly #lives = new WeakMap<Link, Life>()
  readonly #suspects = new Suspects()
  readonly #retryMs: () => number

  /** @param retryMs the delay before something is called again, milliseconds */
  constructor(retryMs: () => number) {
    this.#retryMs = retryMs
  }

  /** Whether the thread has answered any call. */
  hasWorked(link: Link): boolean {
    return this.#lives.get(link)?.hasWorked ?? false
  }

  async call(link: Link, context: Context): Promise<unknown> {
    const life = this.#lifeOf(link)
    const { id, phase } = context
    const running = (): number => [...life.pending].filter(({ isLate }) => !isLate).length
    if (phase === 'after' && !this.#suspects.starts(id, running)) {
      throw new RetryAfter(TURN_MS, 'its callbacks are called one at a time, since one has ended it', { plugin: true })
    }
    const call: Pending = { id, phase, isLate: false, outcome: 'failed' }
    life.pending.add(call)
    const { signal } = context
    const { n, result } = link.send('call', requestOf(context))
    const abort = (): void => {
      // Another call may have blocked it, so that this one has not even begun.
      if (link.isBlocked) {
        link.kill(UNANSWERED)
        return
      }
      call.isLate = true
      link.post({ kind: 'abort', n, error: encodeError(signal.reason) })
      link.watch()
      setTimeout(() => link.forget(n), FORGET_MS).unref()
    }
    signal.addEventListener('abort', abort)
    try {
      const returned = (await result) as Returned
      life.hasWorked = true
      return verdictOf(context, returned)
    } catch (error) {
      if (link.ended === undefined) life.hasWorked = true
      else if (phase === 'after' && call.outcome === 'again') {
        throw new RetryAfter(this.#retryMs(), `its thread or process ${link.ended}`, { plugin: true })
      }
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      life.pending.delete(call)
      if (phase === 'after' && call.outcome === 'failed') this.#suspects.ended(id)
    }
  }

  /**
   * The thread has ended. If one callback was under way, that one has failed. If there were several, nobody knows which:
   * they are called again, one at a time. Those that timed out before have already failed.
   */
  ended(link: Link): void {
    const open = [...this.#lifeOf(link).pending].filter(({ isLate }) => !isLate)
    this.#suspects.clearTurn()
    if (open.length < 2) return
    for (const call of open) call.outcome = 'again'
    this.#suspects.add(open.filter(({ phase }) => phase === 'after').map(({ id }) => id))
  }

  #lifeOf(link: Link): Life {
    const known = this.#lives.get(link) ?? { pending: new Set(), hasWorked: false }
    this.#lives.set(link, known)
    return known
  }
}

function requestOf(context: Context): CallRequest {
  const { id, command, raw, app, signed, receivedAt, body, faults, attempt, resends, maybeResend, rewritten } = context
  const { query, instance, fits } = Context.originOf(context)
  return {
    instance,
    callback: { id, sdkAppId: app.sdkAppId, command, query, signed, raw, receivedAt },
    call: { body, faults, fits, attempt, resends, maybeResend, ...(rewritten && { rewritten }) },
  }
}

/** Creates the verdict again by the rules of this side, because the other side cannot be trusted. */
function verdictOf(context: Context, returned: Returned): unknown {
  if (returned === undefined) return undefined
  const { outcome } = returned
  // Not a verdict. The caller reports that.
  if (outcome === undefined) return returned
  const { code, info, fields, fault } = returned
  let verdict: Verdict | undefined
  if (outcome === 'allow') verdict = context.allow?.(fields)
  else verdict = outcome === 'reject' ? context.reject?.(code, info) : context.drop?.()
  if (!verdict) throw endedError('returned a verdict where none is expected')
  if (fault === undefined) return verdict
  const { strange } = verdict
  return new Verdict(verdict.outcome, verdict.code, verdict.info, { fields: verdict.fields, strange, fault })
}
