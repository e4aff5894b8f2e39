import { hash } from 'node:crypto'
import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type Callback } from '../../callback/callback.ts'
import { fingerprintOf, shortFingerprint, identifiesEvent } from './fingerprint.ts'

/** The fingerprint of a callback. */
export interface Identified {
  readonly fingerprint: string
  /** Whether an equal fingerprint means the same event sent again, rather than one that looks alike. */
  readonly identifiesEvent: boolean
}

/** The most RequestIDs remembered at a time. */
const REMEMBERED = 10_000

/**
 * Creates the function that fingerprints callbacks. If a body cannot tell a resend from a similar event, the RequestID
 * of the URL does, unless it came with two different bodies.
 * @param windowMs the resend window
 */
export function createIdentify(windowMs: number, bus: Bus): (callback: Callback) => Identified {
  /** The bodies of recent RequestIDs, the oldest first. */
  const seen = new Map<string, { readonly fingerprint: string; readonly at: number }>()
  const distrusted = new Set<string>()

  const isTrusted = (requestId: string, callback: Callback, fingerprint: string): boolean => {
    const key = `${callback.sdkAppId}\u0000${requestId}`
    if (distrusted.has(key)) return false
    const { receivedAt: at } = callback
    const before = seen.get(key)
    if (before && before.fingerprint !== fingerprint && before.at > at - windowMs) {
      distrusted.add(key)
      dropOldest(distrusted)
      bus.emit('request-id:distrusted', aboutOf(callback))
      return false
    }
    // Reinsert it as the newest.
    seen.delete(key)
    seen.set(key, { fingerprint, at })
    dropOldest(seen)
    return true
  }

  return (callback) => {
    const fingerprint = fingerprintOf(callback)
    if (identifiesEvent(callback.body)) return { fingerprint, identifiesEvent: true }
    const requestId = requestIdOf(callback.query)
    if (requestId === '' || !isTrusted(requestId, callback, shortFingerprint(fingerprint)))
      return { fingerprint, identifiesEvent: false }
    return { fingerprint: hash('sha256', `${fingerprint}\u0000${requestId}`, 'base64'), identifiesEvent: true }
  }
}

function dropOldest(all: Map<string, unknown> | Set<string>): void {
  const [oldest] = all.size > REMEMBERED ? all.keys() : []
  if (oldest !== undefined) all.delete(oldest)
}

/** Empty if the URL has none. Documents spell it RequestID, but spell other names in several ways. */
function requestIdOf(query: string): string {
  for (const [name, value] of new URLSearchParams(query)) {
    if (value !== '' && name.toLowerCase() === 'requestid') return value
  }
  return ''
}
