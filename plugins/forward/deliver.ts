import { GiveUp, RetryAfter, isLoopAnswer } from 'timhook/plugin'
import type { Circuit, Passage } from './send/circuit.ts'
import type { Answer } from './send/post.ts'
import { type Context, isDown, isUnsent, send } from './send/send.ts'
import { refusedBy } from './send/target-error.ts'
import { sleep, untilAborted } from './send/wait.ts'

/** How long a callback waits for its place in the rate. Beyond that the plugin is held. Milliseconds. */
const MAX_PACE_MS = 1000
/** The longest Retry-After that is followed, milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** The pauses between connections that were refused: the first, doubled each time, and the longest. Milliseconds. */
const RECONNECT_MS = 100
const MAX_RECONNECT_MS = 1000
/** How long a failed call waits for other calls to show whether the target is down. Milliseconds. */
const VERDICT_MS = 1000

/**
 * Passes an after-callback on: 2xx is done, 410 gives up, everything else is tried again. Once the circuit opens, the
 * failures that opened it are not attempts: so a failed call waits a moment for the results of others, and one
 * that was not even sent is sent again.
 * @throws RetryAfter, GiveUp or TargetError
 */
export async function deliver(context: Context): Promise<void> {
  const { circuit, rate, origin } = context.state
  for (let pauseMs = RECONNECT_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_RECONNECT_MS)) {
    // The signal is read only if there is something to wait for: most callbacks need none.
    const entered = circuit.enter()
    const passage = entered === 'probing' ? await enter(circuit, context.signal) : entered
    if (passage === 'open') throw held(circuit, origin)
    const waitMs = passage === 'probe' ? 0 : (rate?.reserve(MAX_PACE_MS) ?? 0)
    if (waitMs > MAX_PACE_MS) throw new RetryAfter(waitMs, `the rate of ${origin} is reached`, { plugin: true })
    if (waitMs >= 1) {
      await sleep(waitMs, context.signal)
      context.signal.throwIfAborted()
    }
    const answer = await send(context, passage, false)
    if (!(answer instanceof Error) && answer.status >= 200 && answer.status <= 299) return
    const { signal } = context
    const isAgain = isUnsent(answer) && circuit.mayOpen
    if (isDown(answer)) await sleep(isAgain ? pauseMs : VERDICT_MS, signal, circuit.verdict)
    if (!(answer instanceof Error)) throw refusal(answer, circuit, origin)
    if (circuit.isOpen) throw held(circuit, origin, answer)
    if (!isAgain || signal.aborted) throw answer
  }
}

/** Waits for the probe that is under way, and returns how to continue. */
async function enter(circuit: Circuit, signal: AbortSignal): Promise<Exclude<Passage, 'probing'>> {
  for (;;) {
    const passage = circuit.enter()
    if (passage !== 'probing') return passage
    await untilAborted(circuit.probed, signal)
    if (signal.aborted) return 'open'
  }
}

function held(circuit: Circuit, origin: string, cause?: unknown): RetryAfter {
  return new RetryAfter(circuit.waitMs, `${origin} keeps failing, and is left alone until the next probe`, {
    plugin: true,
    ...(cause !== undefined && { cause }),
  })
}

function refusal(answer: Answer, circuit: Circuit, origin: string): Error {
  const { status, text } = answer
  if (status === 410) return new GiveUp(`${origin} answered 410: it will never take this callback`)
  if (status === 400 && isLoopAnswer(reasonOf(text))) return new GiveUp(`loop: ${origin} has had this callback before`)
  const error = refusedBy(origin, status)
  const asked = status === 429 || status === 503 ? retryAfterMs(answer.retryAfter) : undefined
  if (asked !== undefined) {
    const waitMs = circuit.isOpen ? Math.max(asked, circuit.waitMs) : asked
    return new RetryAfter(waitMs, `${origin} answered ${status} and asked to wait`, { plugin: true, cause: error })
  }
  return isDown(answer) && circuit.isOpen ? held(circuit, origin, error) : error
}

/** `ErrorInfo` of an answer as Tencent expects it. */
function reasonOf(text: string): string {
  try {
    const { ErrorInfo } = (JSON.parse(text) ?? {}) as { ErrorInfo?: unknown }
    return typeof ErrorInfo === 'string' ? ErrorInfo : ''
  } catch {
    return ''
  }
}

/** Reads seconds or a date. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^[0-9]{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
