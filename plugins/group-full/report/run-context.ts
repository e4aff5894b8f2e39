import { setTimeout as delay } from 'node:timers/promises'
import { type CallOptions, type Log, RestError, type Rest, type Store } from 'timhook/plugin'
import type { Place } from './keys.ts'
import type { Options } from '../options.ts'
import type { RunRecord } from './record.ts'

/** The context of one run, shared by its steps. */
export interface Run {
  readonly place: Place
  readonly options: Options
  /** Accounts that call the REST API. */
  readonly administrators: ReadonlySet<string>
  readonly store: Store
  readonly rest: Rest
  readonly log: Omit<Log, 'child'>
  /** Emits an event to observers. */
  readonly emit: (name: string, data: unknown) => void
  /** Aborted, with a Halt as reason, by the deadline, a lost lease, or the server's stop. */
  readonly signal: AbortSignal
  readonly record: RunRecord
  /** The time by which members are judged, milliseconds since 1970: the earlier of our clock and Tencent's. */
  readonly now: () => number
  /** Removals that the interrupted run had requested. They count towards the limits of this run. */
  readonly carried: number
  /** Renews the lease. Resolves to whether this run still has the group. */
  readonly isHeld: () => Promise<boolean>
  /** Stores the accounts that are about to be removed, for a process that resumes this run. */
  readonly saveProgress: () => Promise<void>
}

/** Makes one call of the REST API, with the settings' limits, and records it. @throws RestError */
export async function call<T extends { RequestId?: string }>(
  run: Run,
  command: string,
  size: number,
  send: (rest: Rest, options: CallOptions) => Promise<T>,
): Promise<T> {
  const { options, signal, record } = run
  signal.throwIfAborted()
  const at = Date.now()
  const recordCall = (more: object): void => void record.calls.push({ command, at, size, ms: Date.now() - at, ...more })
  try {
    const answer = await send(run.rest, { signal, timeoutMs: options.callTimeout, attempts: options.tries })
    recordCall({ code: 0, ...(answer.RequestId !== undefined && { requestId: answer.RequestId }) })
    return answer
  } catch (error) {
    if (error instanceof RestError) {
      const { errorCode, attempts, errorInfo, requestId } = error
      recordCall({
        ...(errorCode !== undefined && { code: errorCode }),
        tries: attempts,
        ...(errorInfo !== undefined && { info: errorInfo }),
        ...(requestId !== undefined && { requestId }),
      })
    }
    throw error
  }
}

/** Waits. Throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined)
  signal.throwIfAborted()
}
