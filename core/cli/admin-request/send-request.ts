import { setTimeout as delay } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import type { AdminResult, AdminRequest, Counts, History } from '../../delivery/history.ts'

/** Refs of one request: the server works on it in one go, and other things wait for that long. */
export const BATCH = 500
/** Requests that a server has not answered yet. */
const AHEAD = 4
const LOOK_EVERY_MS = 50
/** How long a server that runs may keep us waiting for an answer. */
const PATIENCE_MS = 15_000

/** What came of it all: `asked` refs were asked for, `answered` of them are counted by what became of them. */
export interface Outcome extends Counts {
  readonly asked: number
  readonly answered: number
  /** A server runs: it does what is asked for now, and not at its next start. */
  readonly served: boolean
}

export interface Pace {
  readonly total: number
  /** Refs a second at most. */
  readonly rate?: number | undefined
  /** Stops between two requests. */
  readonly signal: AbortSignal
  /**
   * Says what came of a request, in place of showing how far all is: nothing where no server has answered.
   * @param isServed whether a server runs
   */
  readonly tell?:
    | ((asked: AdminRequest, answer: AdminResult | undefined, isServed: boolean) => Promise<void>)
    | undefined
}

/** Asks for one thing after another, not far ahead of the server where one runs; shows how far it is on a terminal. */
export async function askAll(
  history: History,
  requests: AsyncIterable<AdminRequest>,
  { total, rate, signal, tell }: Pace,
): Promise<Outcome> {
  const bar = new SingleBar({ format: '{bar} {value}/{total}', noTTYOutput: false, stream: process.stderr })
  if (!tell) bar.start(total, 0)
  const startedAt = performance.now()
  const open: { request: string; of: AdminRequest }[] = []
  let asked = 0
  let counts = { count: 0, waiting: 0, gone: 0, foreign: 0, answered: 0 }
  let waits = await history.isServed()

  const settle = async (most: number): Promise<void> => {
    for (let next = open[0]; next && open.length > most; next = open[0]) {
      const answer = await answerTo(history, next.request)
      waits = answer !== undefined
      if (!answer) return
      open.shift()
      await tell?.(next.of, answer, true)
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
  for (const { of } of open) await tell?.(of, undefined, served)
  return { ...counts, asked, served }
}

function add(sum: Counts & { answered: number }, more: Counts, size: number): Counts & { answered: number } {
  return {
    count: sum.count + more.count,
    waiting: sum.waiting + more.waiting,
    gone: sum.gone + more.gone,
    foreign: sum.foreign + more.foreign,
    answered: sum.answered + size,
  }
}

/** The answer to a request; undefined where no server runs any more, or it says nothing. */
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
