import { hash } from 'node:crypto'
import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type Callback } from '../../callback/callback.ts'
import { fingerprintOf, shortFingerprint, tellsResends } from './fingerprint.ts'

/** What a callback is known by. */
export interface Identified {
  readonly identity: string
  /** Whether another one of this identity is the same event sent again, and not one that is alike. */
  readonly tells: boolean
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
    const identity = fingerprintOf(callback)
    if (tellsResends(callback.body)) return { identity, tells: true }
    const requestId = requestIdOf(callback.querystring)
    if (requestId === '') return { identity, tells: false }
    const key = `${callback.sdkAppId}\u0000${requestId}`
    const trust = ids.look(key, shortFingerprint(identity), callback.receivedAt)
    if (trust === 'lost') bus.emit('request-id:distrusted', aboutOf(callback))
    if (trust !== 'kept') return { identity, tells: false }
    return { identity: hash('sha256', `${identity}\u0000${requestId}`, 'base64'), tells: true }
  }
}

/** Which bodies RequestIDs have come with lately, and which of them say nothing. */
class RequestIds {
  readonly #windowMs: number
  readonly #seen = new Map<string, { readonly identity: string; readonly at: number }>()
  readonly #distrusted = new Set<string>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Whether the RequestID is to be gone by; `lost` where it is not from now on. */
  look(key: string, identity: string, nowMs: number): 'kept' | 'lost' | 'none' {
    if (this.#distrusted.has(key)) return 'none'
    const before = this.#seen.get(key)
    if (before && before.identity !== identity && before.at > nowMs - this.#windowMs) {
      this.#distrusted.add(key)
      dropOldest(this.#distrusted)
      return 'lost'
    }
    // As the newest.
    this.#seen.delete(key)
    this.#seen.set(key, { identity, at: nowMs })
    dropOldest(this.#seen)
    return 'kept'
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
