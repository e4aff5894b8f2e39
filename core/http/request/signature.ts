import { createHash, timingSafeEqual } from 'node:crypto'

const SIGN = /^[0-9a-f]{64}$/i
const REQUEST_TIME = /^[0-9]{1,12}$/
const SIGN_LENGTH = 64
/** Number of seconds whose digests are cached: the default time window in both directions, doubled. */
const REMEMBERED = 256

/** The reason for a request with a valid Sign whose RequestTime is too far from our clock. */
export const OUTSIDE_WINDOW = 'RequestTime: outside the time window; check the clock of this machine'

/** The settings of the check. During a rotation several tokens are valid at once. */
export interface SignatureSettings {
  readonly tokens: readonly string[]
  /** Largest difference of RequestTime from our clock in either direction, milliseconds. */
  readonly signatureWindow: number
}

/** Returns why a request is not genuine, in one sentence, or undefined if it is. */
export type SignatureCheck = (
  Sign: string | undefined,
  RequestTime: string | undefined,
  nowMs: number,
) => string | undefined

/**
 * Computes the Sign of a request: lower-case hex of SHA-256 over the token and RequestTime, seconds since 1970 (intl
 * 34354).
 */
export function sign(token: string, requestTime: string): string {
  return digest(token, requestTime).hex
}

/**
 * Creates the signature check of an app. Tencent signs neither the body nor the other parameters, so only TLS protects
 * those.
 */
export function createSignatureCheck({ tokens, signatureWindow }: SignatureSettings): SignatureCheck {
  const digests = new Digests(tokens)
  return (Sign, RequestTime, nowMs) => {
    if (!Sign || !RequestTime) return 'Sign and RequestTime are required for this app'
    const known = digests.known(RequestTime)
    if (!known && !REQUEST_TIME.test(RequestTime)) return 'RequestTime: expected seconds since 1970'
    const isInTime = Math.abs(nowMs - Number(RequestTime) * 1000) <= signatureWindow
    // The hash is compared before the time, so that only holders of a token learn about our clock.
    if (!matches(known ?? digests.make(RequestTime, isInTime), Sign)) {
      return SIGN.test(Sign) ? 'Sign: does not match' : 'Sign: expected 64 hexadecimal digits'
    }
    return isInTime ? undefined : OUTSIDE_WINDOW
  }
}

interface Digest {
  readonly hex: string
  /** Its characters. */
  readonly bytes: Buffer
}

/**
 * Caches the expected digests of each second, so that they are hashed once a second and not once a request. A cache hit
 * says nothing about the time window. Only seconds inside the window are cached, so nobody can push those out.
 */
class Digests {
  readonly #tokens: readonly string[]
  readonly #remembered = new Map<string, readonly Digest[]>()
  /** The most recent lookup: comparing two strings is faster than a map lookup. */
  #lastTime = ''
  #last: readonly Digest[] | undefined

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  known(requestTime: string): readonly Digest[] | undefined {
    if (requestTime === this.#lastTime) return this.#last
    const known = this.#remembered.get(requestTime)
    if (known) {
      this.#lastTime = requestTime
      this.#last = known
    }
    return known
  }

  make(requestTime: string, isInTime: boolean): readonly Digest[] {
    const digests = this.#tokens.map((token) => digest(token, requestTime))
    if (!isInTime) return digests
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size < REMEMBERED) break
      this.#remembered.delete(oldest)
    }
    this.#remembered.set(requestTime, digests)
    return digests
  }
}

/** Reused for every request: a new buffer costs more than the comparison. */
const bytes = Buffer.alloc(SIGN_LENGTH)

function matches(digests: readonly Digest[], given: string): boolean {
  if (given.length !== SIGN_LENGTH) return false
  // Tencent sends lower case.
  return equals(digests, given) || equals(digests, given.toLowerCase())
}

function equals(digests: readonly Digest[], given: string): boolean {
  bytes.write(given, 'latin1')
  let found: Digest | undefined
  // Tries every token, so that the time taken does not reveal which one matched.
  for (const expected of digests) if (timingSafeEqual(expected.bytes, bytes)) found = expected
  // latin1 keeps only the low byte of other characters, so the strings are compared too.
  return found !== undefined && found.hex === given
}

function digest(token: string, requestTime: string): Digest {
  const hex = createHash('sha256').update(token).update(requestTime).digest('hex')
  return { hex, bytes: Buffer.from(hex, 'latin1') }
}
