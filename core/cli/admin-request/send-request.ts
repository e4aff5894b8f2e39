import { setTimeout as delay } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import type { AdminResult, AdminRequest, Counts, History } from '../../delivery/history.ts'

/** Refs of one request. The server handles it in one go, and other work waits. */
export const BATCH = 500
/** Requests that a server has not answered yet. */
const AHEAD = 4
const LOOK_EVERY_MS = 50
/** How long to wait for the answer of a running server. */
const PATIENCE_MS = 15_000

/** The total of all requests: `asked` refs were sent, and `answered` of them are counted by their outcome. */
export interface Outcome extends Counts {
  readonly asked: number
  readonly answered: number
  /** Whether a server runs: it handles requests now, else at its next start. */
  readonly served: boolean
}

export interface Pace {
  readonly total: number
  /** The most refs a second. */
  readonly rate?: number | undefined
  /** Stops after the current request. */
  readonly signal: AbortSignal
  /**
   * Prints the result of a request, in place of the progress bar; without an answer where no server has answered.
   * @param isServed whether a server runs
   */
  readonly onResult?:
    | ((request: AdminRequest, answer: AdminResult | undefined, isServed: boolean) => Promise<void>)
    | undefined
}

/** Sends the requests, not far ahead of a running server. Shows the progress on a terminal. */
export async function askAll(
  history: History,
  requests: AsyncIterable<AdminRequest>,
  { total, rate, signal, onResult }: Pace,
): Promise<Outcome> {
  const bar = new SingleBar({ format: '{bar} {value}/{total}', noTTYOutput: false, stream: process.stderr })
  if (!onResult) bar.start(total, 0)
  const startedAt = performance.now()
  const open: { request: string; of: AdminRequest }[] = []
  let asked = 0
  let counts = { count: 0, waiting: 0, gone: 0, foreign: 0, answered: 0 }
  let waits = await history.isServed()

  const settle = async (limit: number): Promise<void> => {
    for (let next = open[0]; next && open.length > limit; next = open[0]) {
      const answer = await answerTo(history, next.request)
      waits = answer !== undefined
      if (!answer) return
      open.shift()
      await onResult?.(next.of, answer, true)
      counts = add(counts, answer, next.of.refs.length)
      bar.update(counts.answered)
    }
  }
  try {
    for await (const request of requests) {
      if (signal.aborted) break
      open.push({ request: await history.request(request), of: request })
      asked += request.refs.length
      if (waits) await settle(AHEAD)
      else bar.update(asked)
      const dueMs = rate === undefined ? 0 : (asked * 1000) / rate - (performance.now() - startedAt)
      if (dueMs > 0) await delay(dueMs, undefined, { signal }).catch(() => undefined)
    }
    if (waits) await settle(0)
  } finally {
    bar.stop()
  }
  const served = await history.isServed()
  for (const { of } of open) await onResult?.(of, undefined, served)
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

/** The answer to a request; undefined where no server runs any more, or it does not answer. */
async function answerTo(history: History, request: string): Promise<AdminResult | undefined> {
  const startedAt = performance.now()
  for (;;) {
    const result = await history.result(request)
    if (result) return result
    const isLong = performance.now() - startedAt > PATIENCE_MS
    if (isLong || !(await history.isServed())) return undefined
    await delay(LOOK_EVERY_MS)
  }
}
