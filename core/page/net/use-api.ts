import { useCallback, useEffect, useState } from 'preact/hooks'
import { ApiFailure, get } from './api.ts'
import { listen, type StreamState } from './stream.ts'

export interface Loaded<T> {
  /** The data of this path; stays while it is read again. */
  readonly data: T | undefined
  readonly failure: ApiFailure | undefined
  readonly reload: () => void
}

interface Answer<T> {
  readonly path: string
  readonly data?: T
  readonly failure?: ApiFailure
}

/**
 * Reads a path of the API, and again when the server is back after the connection was lost.
 * @param everyMs how often to read it again
 */
export function useApi<T>(path: string, everyMs?: number): Loaded<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ path })
  const [turn, setTurn] = useState(0)
  const reload = useCallback(() => setTurn((turn) => turn + 1), [])

  useEffect(() => {
    const stop = new AbortController()
    get<T>(path, stop.signal).then(
      (data) => setAnswer({ path, data }),
      (error: unknown) => {
        if (!(error instanceof ApiFailure)) return
        // The old data stays while there is no answer.
        setAnswer((last) => ({ ...(last.path === path && error.status === 0 && last), path, failure: error }))
      },
    )
    return () => stop.abort()
  }, [path, turn])

  useEffect(() => {
    if (everyMs === undefined) return undefined
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, reload])

  useReconnect(reload)
  const isCurrent = answer.path === path
  return { data: isCurrent ? answer.data : undefined, failure: isCurrent ? answer.failure : undefined, reload }
}

/** Calls back whenever the connection is back after it was lost. */
export function useReconnect(onReconnect: () => void): void {
  useEffect(() => {
    let last: StreamState = 'open'
    return listen({
      state(state) {
        if (state === 'open' && last === 'lost') onReconnect()
        if (state !== 'connecting') last = state
      },
    })
  }, [onReconnect])
}
