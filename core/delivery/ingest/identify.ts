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
  const ids = new RequestIds(windowMs)

  return (callback) => {
    const fingerprint = fingerprintOf(callback)
    if (identifiesEvent(callback.body)) return { fingerprint, identifiesEvent: true }
    const requestId = requestIdOf(callback.query)
    if (requestId === '') return { fingerprint, identifiesEvent: false }
    const key = `${callback.sdkAppId}\u0000${requestId}`
    const trust = ids.check(key, shortFingerprint(fingerprint), callback.receivedAt)
    if (trust === 'distrusted') bus.emit('request-id:distrusted', aboutOf(callback))
    if (trust !== 'trusted') return { fingerprint, identifiesEvent: false }
    return { fingerprint: hash('sha256', `${fingerprint}\u0000${requestId}`, 'base64'), identifiesEvent: true }
  }
}

/** Remembers the bodies of recent RequestIDs, and which RequestIDs cannot be trusted. */
class RequestIds {
  readonly #windowMs: number
  readonly #seen = new Map<string, { readonly fingerprint: string; readonly at: number }>()
  readonly #distrusted = new Set<string>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Whether to trust the RequestID; `distrusted` if that has just ended, `unknown` if it ended before. */
  check(key: string, fingerprint: string, nowMs: number): 'trusted' | 'distrusted' | 'unknown' {
    if (this.#distrusted.has(key)) return 'unknown'
    const before = this.#seen.get(key)
    if (before && before.fingerprint !== fingerprint && before.at > nowMs - this.#windowMs) {
      this.#distrusted.add(key)
      dropOldest(this.#distrusted)
      return 'distrusted'
    }
    // Reinsert it as the newest.
    this.#seen.delete(key)
    this.#seen.set(key, { fingerprint, at: nowMs })
    dropOldest(this.#seen)
    return 'trusted'
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
