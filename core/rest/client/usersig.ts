import { createHmac } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** How long a UserSig is valid; Tencent advises a day at least. */
const USERSIG_SECONDS = 86_400

/** Whose signature it is, and the key that makes it. */
export interface UserSigSettings {
  readonly sdkAppId: number
  /** The app's secret key as the console shows it. It is used as text, though it looks like hexadecimal digits. */
  readonly secretKey: string
  readonly identifier: string
}

/**
 * A UserSig (TLSSigAPIv2, intl 34385): what a caller of the REST API proves its identity with.
 * @param nowSeconds - Unix time at which it begins
 * @param lifetimeSeconds - a positive integer
 * @throws RangeError for an identifier that is empty or has line breaks, or a lifetime that is none
 */
export function makeUserSig(
  { sdkAppId, secretKey, identifier }: UserSigSettings,
  nowSeconds: number,
  lifetimeSeconds = USERSIG_SECONDS,
): string {
  // A line break would let the identifier forge the lines that follow it in the signed text.
  if (!/^[^\r\n]+$/.test(identifier)) throw new RangeError('identifier: expected text without line breaks')
  if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds <= 0) {
    throw new RangeError('lifetimeSeconds: expected a positive integer')
  }
  const signed = `TLS.identifier:${identifier}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${nowSeconds}\nTLS.expire:${lifetimeSeconds}\n`
  const fields = {
    'TLS.ver': '2.0',
    'TLS.identifier': identifier,
    'TLS.sdkappid': sdkAppId,
    'TLS.time': nowSeconds,
    'TLS.expire': lifetimeSeconds,
    'TLS.sig': createHmac('sha256', secretKey).update(signed).digest('base64'),
  }
  // An alphabet of Tencent's own, which is not that of base64url; the padding stays.
  const base64 = deflateSync(JSON.stringify(fields)).toString('base64')
  return base64.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')
}

/** Keeps one UserSig and makes the next in good time. */
export class UserSigner {
  readonly #settings: UserSigSettings
  readonly #now: () => number
  #sig = ''
  #renewAt = -Infinity

  /** @param now - milliseconds since 1970 */
  constructor(settings: UserSigSettings, now: () => number = Date.now) {
    this.#settings = settings
    this.#now = now
  }

  /** A UserSig that is valid for half its lifetime at least. */
  current(): string {
    const now = this.#now()
    if (now >= this.#renewAt) {
      this.#sig = makeUserSig(this.#settings, Math.floor(now / 1000))
      this.#renewAt = now + (USERSIG_SECONDS * 1000) / 2
    }
    return this.#sig
  }

  /** Tencent did not take this one: the next is made anew, unless another call has seen to it already. */
  refused(sig: string): void {
    if (sig === this.#sig) this.#renewAt = -Infinity
  }
}
