import { setTimeout as delay } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import type { AdminResult, AdminRequest, Counts, History } from '../../delivery/history.ts'
import { waitForAnswer } from '../../delivery/wait-for-answer.ts'

/** How many requests may wait for the server at a time. */
const MAX_UNANSWERED = 4

/** The totals of all requests: how many refs were sent (`asked`), and how many of them the server has handled (`answered`). */
export interface RequestTotals extends Counts {
  readonly asked: number
  readonly answered: number
  /** Whether a server runs. If none does, the next one to start handles the requests. */
  readonly served: boolean
}

export interface SendOptions {
  readonly total: number
  /** The most refs per second. */
  readonly rate?: number | undefined
  /** Stops after the current request. */
  readonly signal: AbortSignal
  /**
   * Prints the result of a request, in place of the progress bar. Without an answer of a server there is no result.
   * @param isServed whether a server runs
   */
  readonly onResult?:
    | ((request: AdminRequest, answer: AdminResult | undefined, isServed: boolean) => Promise<void>)
    | undefined
}

/** Sends the requests, a few at a time while a server answers them. Shows a progress bar on a terminal. */
export async function sendRequests(
  history: History,
  requests: AsyncIterable<AdminRequest>,
  { total, rate, signal, onResult }: SendOptions,
): Promise<RequestTotals> {
  const bar = new SingleBar({ format: '{bar} {value}/{total}', noTTYOutput: false, stream: process.stderr })
  if (!onResult) bar.start(total, 0)
  const startedAt = performance.now()
  const unanswered: { request: string; sent: AdminRequest }[] = []
  let asked = 0
  let counts = { count: 0, waiting: 0, gone: 0, foreign: 0, answered: 0 }
  let isAnswered = await history.isServed()

  const settle = async (limit: number): Promise<void> => {
    for (let next = unanswered[0]; next && unanswered.length > limit; next = unanswered[0]) {
      const answer = await waitForAnswer(history, next.request)
      isAnswered = answer !== undefined
      if (!answer) return
      unanswered.shift()
      await onResult?.(next.sent, answer, true)
      counts = add(counts, answer, next.sent.refs.length)
      bar.update(counts.answered)
    }
  }
  try {
    for await (const request of requests) {
      if (signal.aborted) break
      unanswered.push({ request: await history.request(request), sent: request })
      asked += request.refs.length
      if (isAnswered) await settle(MAX_UNANSWERED)
      else bar.update(asked)
      const dueMs = rate === undefined ? 0 : (asked * 1000) / rate - (performance.now() - startedAt)
      if (dueMs > 0) await delay(dueMs, undefined, { signal }).catch(() => undefined)
    }
    if (isAnswered) await settle(0)
  } finally {
    bar.stop()
  }
  const served = await history.isServed()
  for (const { sent } of unanswered) await onResult?.(sent, undefined, served)
  return { ...counts, asked, served }
}

function add(sum: Counts & { answered: number }, answer: Counts, size: number): Counts & { answered: number } {
  return {
    count: sum.count + answer.count,
    waiting: sum.waiting + answer.waiting,
    gone: sum.gone + answer.gone,
    foreign: sum.foreign + answer.foreign,
    answered: sum.answered + size,
  }
}
