import { createHash, timingSafeEqual } from 'node:crypto'

const SIGN = /^[0-9a-f]{64}$/i
const REQUEST_TIME = /^[0-9]{1,12}$/
const DIGEST_BYTES = 32
/** Seconds whose digests are remembered: those of the default window, both ways, and as many again. */
const REMEMBERED = 256

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
    return isInTime ? undefined : 'RequestTime: outside the time window; check the clock of this machine'
  }
}

interface Digest {
  readonly bytes: Buffer
  readonly hex: string
}

/**
 * What a second's Sign has to be, hashed once a second in place of once a request. Remembering says nothing of whether
 * the second is still valid; others than valid ones are not remembered, so that nobody can push those out.
 */
class Digests {
  readonly #tokens: readonly string[]
  readonly #remembered = new Map<string, readonly Digest[]>()

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  known(requestTime: string): readonly Digest[] | undefined {
    return this.#remembered.get(requestTime)
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

/** For the bytes of the one that is looked at: making a buffer for each costs more than comparing it. */
const bytes = Buffer.alloc(DIGEST_BYTES)

/** Decoding tells whether it is hexadecimal, in less time than a regular expression takes to. */
function matches(digests: readonly Digest[], given: string): boolean {
  if (given.length !== 2 * DIGEST_BYTES || bytes.write(given, 'hex') !== DIGEST_BYTES) return false
  let found: Digest | undefined
  // Every token is tried, so that the time taken does not tell which one matched.
  for (const expected of digests) if (timingSafeEqual(expected.bytes, bytes)) found = expected
  // Decoding looks at the low byte of a character only.
  return found !== undefined && found.hex === given.toLowerCase()
}

function digest(token: string, requestTime: string): Digest {
  const bytes = createHash('sha256').update(token).update(requestTime).digest()
  return { bytes, hex: bytes.toString('hex') }
}
