import { hash } from 'node:crypto'
import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type Callback } from '../../callback/callback.ts'
import { fingerprintOf, shortFingerprint, identifiesEvent } from './fingerprint.ts'

/** What a callback is known by. */
export interface Identified {
  readonly fingerprint: string
  /** Whether another one of this identity is the same event sent again, and not one that is alike. */
  readonly identifiesEvent: boolean
}

/** RequestIDs that are remembered at a time. */
const REMEMBERED = 10_000

/**
 * Makes what gives callbacks their identities. Where a body does not tell a resend from an event that is alike, the
 * RequestID of the URL does, unless it has come with two bodies.
 * @param windowMs how long a resend is one
 */
export function createIdentify(windowMs: number, bus: Bus): (callback: Callback) => Identified {
  const ids = new RequestIds(windowMs)

  return (callback) => {
    const fingerprint = fingerprintOf(callback)
    if (identifiesEvent(callback.body)) return { fingerprint, identifiesEvent: true }
    const requestId = requestIdOf(callback.querystring)
    if (requestId === '') return { fingerprint, identifiesEvent: false }
    const key = `${callback.sdkAppId}\u0000${requestId}`
    const trust = ids.check(key, shortFingerprint(fingerprint), callback.receivedAt)
    if (trust === 'distrusted') bus.emit('request-id:distrusted', aboutOf(callback))
    if (trust !== 'trusted') return { fingerprint, identifiesEvent: false }
    return { fingerprint: hash('sha256', `${fingerprint}\u0000${requestId}`, 'base64'), identifiesEvent: true }
  }
}

/** Which bodies RequestIDs have come with lately, and which of them say nothing. */
class RequestIds {
  readonly #windowMs: number
  readonly #seen = new Map<string, { readonly fingerprint: string; readonly at: number }>()
  readonly #distrusted = new Set<string>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Whether the RequestID is to be gone by; `lost` where it is not from now on. */
  check(key: string, fingerprint: string, nowMs: number): 'trusted' | 'distrusted' | 'unknown' {
    if (this.#distrusted.has(key)) return 'unknown'
    const before = this.#seen.get(key)
    if (before && before.fingerprint !== fingerprint && before.at > nowMs - this.#windowMs) {
      this.#distrusted.add(key)
      dropOldest(this.#distrusted)
      return 'distrusted'
    }
    // As the newest.
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

/** Empty where the URL has none. Documents spell it RequestID, and other names in more than one way. */
function requestIdOf(querystring: string): string {
  for (const [name, value] of new URLSearchParams(querystring)) {
    if (value !== '' && name.toLowerCase() === 'requestid') return value
  }
  return ''
}
