import { createHash, timingSafeEqual } from 'node:crypto'

const SIGN = /^[0-9a-f]{64}$/i
const REQUEST_TIME = /^[0-9]{1,12}$/
const SIGN_LENGTH = 64
/** Seconds whose digests are remembered: those of the default window, both ways, and as many again. */
const REMEMBERED = 256

/** Why a request is not genuine whose Sign is: its RequestTime is too far from our clock. */
export const OUTSIDE_WINDOW = 'RequestTime: outside the time window; check the clock of this machine'

/** What a signature is checked against. Several tokens are valid at once while one replaces another. */
export interface SignatureSettings {
  readonly tokens: readonly string[]
  /** How far RequestTime may be off, in milliseconds, both ways. */
  readonly signatureWindow: number
}

/** Why a request is not genuine, in one sentence, or undefined when it is. */
export type SignatureCheck = (
  Sign: string | undefined,
  RequestTime: string | undefined,
  nowMs: number,
) => string | undefined

/** Sign of a request: lower-case hex of SHA-256 over the token and RequestTime, seconds since 1970 (intl 34354). */
export function sign(token: string, requestTime: string): string {
  return digest(token, requestTime).hex
}

/**
 * Makes the check of a signed app's requests. Tencent signs neither the body nor the other parameters, so this alone
 * does not protect them: TLS does.
 */
export function createSignatureCheck({ tokens, signatureWindow }: SignatureSettings): SignatureCheck {
  const digests = new Digests(tokens)
  return (Sign, RequestTime, nowMs) => {
    if (!Sign || !RequestTime) return 'Sign and RequestTime are required for this app'
    const known = digests.known(RequestTime)
    if (!known && !REQUEST_TIME.test(RequestTime)) return 'RequestTime: expected seconds since 1970'
    const isInTime = Math.abs(nowMs - Number(RequestTime) * 1000) <= signatureWindow
    // The hash is compared before the window, so that the clock's state is told to holders of a token only.
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
 * What a second's Sign has to be, hashed once a second in place of once a request. Remembering says nothing of whether
 * the second is still valid; others than valid ones are not remembered, so that nobody can push those out.
 */
class Digests {
  readonly #tokens: readonly string[]
  readonly #remembered = new Map<string, readonly Digest[]>()
  /** The one asked for last: two texts are compared sooner than one is looked up. */
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

/** For the characters of the one that is looked at: making a buffer for each costs more than comparing it. */
const bytes = Buffer.alloc(SIGN_LENGTH)

function matches(digests: readonly Digest[], given: string): boolean {
  if (given.length !== SIGN_LENGTH) return false
  // Tencent's is in lower case.
  return equals(digests, given) || equals(digests, given.toLowerCase())
}

function equals(digests: readonly Digest[], given: string): boolean {
  bytes.write(given, 'latin1')
  let found: Digest | undefined
  // Every token is tried, so that the time taken does not tell which one matched.
  for (const expected of digests) if (timingSafeEqual(expected.bytes, bytes)) found = expected
  // Of a character outside of latin1 only the low byte was written.
  return found !== undefined && found.hex === given
}

function digest(token: string, requestTime: string): Digest {
  const hex = createHash('sha256').update(token).update(requestTime).digest('hex')
  return { hex, bytes: Buffer.from(hex, 'latin1') }
}
