import { setTimeout as delay } from 'node:timers/promises'
import { type Client, escapeIdentifier } from 'pg'
import type { Sessions } from './sessions.ts'

const RETRY_MS = 500

/**
 * Listens on a separate connection, and reconnects when that is lost; each time `onNotification` is called with
 * undefined, since some may have been missed. Returns a function that stops it.
 */
export function listen(
  sessions: Sessions,
  channel: string,
  onNotification: (payload: string | undefined) => void,
): () => Promise<void> {
  const stopping = new AbortController()
  let client: Client | undefined
  const once = async (): Promise<void> => {
    const made = await sessions.connect()
    client = made
    const lost = new Promise<void>((resolve) => void made.on('error', () => resolve()).on('end', () => resolve()))
    made.on('notification', ({ payload }) => onNotification(payload))
    if (stopping.signal.aborted) return
    await made.query(`LISTEN ${escapeIdentifier(channel)}`)
    onNotification(undefined)
    await lost
  }
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await once().catch(() => undefined)
      await client?.end().catch(() => undefined)
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return async () => {
    stopping.abort()
    await client?.end().catch(() => undefined)
    await running
  }
}
