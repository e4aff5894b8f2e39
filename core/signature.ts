import { createHash, timingSafeEqual } from 'node:crypto'

const SIGN = /^[0-9a-f]{64}$/i
const REQUEST_TIME = /^[0-9]{1,12}$/

/** What a signature is checked against. Several tokens are valid at once while one replaces another. */
export interface SignatureSettings {
  readonly tokens: readonly string[]
  /** How far RequestTime may be off, in milliseconds, both ways. */
  readonly signatureWindow: number
}

/** Sign of a request: lower-case hex of SHA-256 over the token and RequestTime, seconds since 1970 (intl 34354). */
export function sign(token: string, requestTime: string): string {
  return digest(token, requestTime).toString('hex')
}

/**
 * Why a request of a signed app is not genuine, in one sentence, or undefined when it is. Tencent signs neither the
 * body nor the other parameters, so this alone does not protect them: TLS does.
 */
export function signatureFault(
  settings: SignatureSettings,
  given: { Sign?: string | undefined; RequestTime?: string | undefined },
  nowMs = Date.now(),
): string | undefined {
  const { Sign, RequestTime } = given
  if (!Sign || !RequestTime) return 'Sign and RequestTime are required for this app'
  if (!REQUEST_TIME.test(RequestTime)) return 'RequestTime: expected seconds since 1970'
  if (!SIGN.test(Sign)) return 'Sign: expected 64 hexadecimal digits'
  // The hash is compared before the window, so that the clock's state is told to holders of a token only.
  if (!matches(settings.tokens, Sign, RequestTime)) return 'Sign: does not match'
  if (Math.abs(nowMs - Number(RequestTime) * 1000) > settings.signatureWindow) {
    return 'RequestTime: outside the time window; check the clock of this machine'
  }
  return undefined
}

function matches(tokens: readonly string[], given: string, requestTime: string): boolean {
  const bytes = Buffer.from(given, 'hex')
  let found = false
  // Every token is tried, so that the time taken does not tell which one matched.
  for (const token of tokens) if (timingSafeEqual(digest(token, requestTime), bytes)) found = true
  return found
}

function digest(token: string, requestTime: string): Buffer {
  return createHash('sha256').update(token).update(requestTime).digest()
}
