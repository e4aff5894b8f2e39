import { createHmac } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** How long a UserSig is valid; Tencent advises a day at least. */
const USERSIG_SECONDS = 86_400

/** The signer, and the key to sign with. */
export interface UserSigSettings {
  readonly sdkAppId: number
  /** The app's secret key as the console shows it. It is used as text, though it looks like hexadecimal digits. */
  readonly secretKey: string
  readonly identifier: string
}

/**
 * Creates a UserSig (TLSSigAPIv2, intl 34385), with which a caller of the REST API proves its identity.
 * @param nowSeconds - Unix time from which it is valid
 * @param lifetimeSeconds - a positive integer
 * @throws RangeError for an identifier that is empty or has line breaks, or an invalid lifetime
 */
export function makeUserSig(
  { sdkAppId, secretKey, identifier }: UserSigSettings,
  nowSeconds: number,
  lifetimeSeconds = USERSIG_SECONDS,
): string {
  // With a line break, the identifier could forge the lines after it in the signed text.
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
  // Tencent's own alphabet differs from base64url, and keeps the padding.
  const base64 = deflateSync(JSON.stringify(fields)).toString('base64')
  return base64.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')
}

/** Caches one UserSig, and creates the next one before it expires. */
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

  /** Returns a UserSig that is valid for at least half its lifetime. */
  current(): string {
    const now = this.#now()
    if (now >= this.#renewAt) {
      this.#sig = makeUserSig(this.#settings, Math.floor(now / 1000))
      this.#renewAt = now + (USERSIG_SECONDS * 1000) / 2
    }
    return this.#sig
  }

  /** Drops a UserSig that Tencent did not accept, unless another call has replaced it already. */
  discard(sig: string): void {
    if (sig === this.#sig) this.#renewAt = -Infinity
  }
}
