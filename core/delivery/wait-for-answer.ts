import { setTimeout as delay } from 'node:timers/promises'
import type { AdminResult, History } from './history.ts'

/** Refs per request. The server handles a request in one go, while other work waits. */
export const BATCH = 500
const POLL_MS = 50
/** How long to wait for the answer of a running server. */
const ANSWER_TIMEOUT_MS = 15_000

/** Waits for the answer to a request. Returns undefined if no server runs, or it does not answer in time. */
export async function waitForAnswer(history: History, request: string): Promise<AdminResult | undefined> {
  const startedAt = performance.now()
  for (;;) {
    const result = await history.result(request)
    if (result) return result
    const isLong = performance.now() - startedAt > ANSWER_TIMEOUT_MS
    if (isLong || !(await history.isServed())) return undefined
    await delay(POLL_MS)
  }
}
