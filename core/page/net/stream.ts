import type { StreamCallbacks, StreamTick } from '../../admin/api-types.ts'
import { get } from './api.ts'

export type StreamState = 'connecting' | 'open' | 'lost'

export interface StreamListener {
  readonly callbacks?: (batch: StreamCallbacks) => void
  readonly tick?: (tick: StreamTick) => void
  /** `open` after `lost` is the time to read what was missed. */
  readonly state?: (state: StreamState) => void
}

const RETRY_MS = 2000

const listeners = new Set<StreamListener>()
let source: EventSource | undefined
let retry: ReturnType<typeof setTimeout> | undefined
let state: StreamState = 'connecting'

document.addEventListener('visibilitychange', connectIfWanted)

/**
 * Listens to live events. All listeners share one connection, which is closed while nobody listens or the page is hidden,
 * to save the server work. Returns a function that stops it.
 */
export function listen(listener: StreamListener): () => void {
  listeners.add(listener)
  listener.state?.(state)
  connectIfWanted()
  return () => {
    listeners.delete(listener)
    connectIfWanted()
  }
}

function connectIfWanted(): void {
  const isWanted = listeners.size > 0 && document.visibilityState === 'visible'
  if (isWanted && !source) connect()
  if (isWanted || !source) return
  clearTimeout(retry)
  source.close()
  source = undefined
  state = 'connecting'
}

function connect(): void {
  clearTimeout(retry)
  source = new EventSource('api/stream')
  source.addEventListener('open', () => tellState('open'))
  source.addEventListener('callbacks', (event) => {
    const batch = JSON.parse(String(event.data)) as StreamCallbacks
    for (const listener of listeners) listener.callbacks?.(batch)
  })
  source.addEventListener('tick', (event) => {
    const tick = JSON.parse(String(event.data)) as StreamTick
    for (const listener of listeners) listener.tick?.(tick)
  })
  source.addEventListener('error', () => {
    tellState('lost')
    // The browser reconnects by itself, unless the answer was an error, such as after a change of the token.
    if (source?.readyState !== EventSource.CLOSED) return
    source = undefined
    get('api/session').catch(() => undefined)
    retry = setTimeout(connectIfWanted, RETRY_MS)
  })
}

function tellState(next: StreamState): void {
  state = next
  for (const listener of listeners) listener.state?.(next)
}
