import { refuse } from './refusal.ts'
import { decodeUserSig, isSignedBy } from './usersig.ts'

export interface GateSettings {
  readonly sdkAppId: number
  readonly secretKey: string
  readonly administrators: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const MAX_FAILURES = 10
const MINUTE_MS = 60_000
const UINT32 = /^(?:0|[1-9]\d{0,9})$/

/** Checks the parameters of a URL as Tencent's verifier does. The order of the checks is not documented. */
export class Gate {
  readonly #settings: GateSettings
  #failures: number[] = []

  constructor(settings: GateSettings) {
    this.#settings = settings
  }

  /** @throws Refusal */
  check(query: URLSearchParams): void {
    const { sdkAppId, administrators, now } = this.#settings
    const [app, identifier, usersig] = [query.get('sdkappid'), query.get('identifier'), query.get('usersig')]
    if (!app) refuse(60012)
    const random = query.get('random') ?? ''
    const isRandom = UINT32.test(random) && Number(random) < 2 ** 32
    if (query.get('contenttype') !== 'json' || !isRandom || !identifier) refuse(60025)
    if (app !== String(sdkAppId)) refuse(70020)
    this.#failures = this.#failures.filter((at) => now() - at < MINUTE_MS)
    if (this.#failures.length >= MAX_FAILURES) refuse(70050)
    const code = this.#signatureFault(identifier, usersig ?? '')
    if (code !== 0) {
      this.#failures.push(now())
      refuse(code)
    }
    if (!administrators.has(identifier)) refuse(60010)
  }

  #signatureFault(identifier: string, usersig: string): number {
    const { sdkAppId, secretKey, now } = this.#settings
    if (usersig === '') return 70002
    const fields = decodeUserSig(usersig)
    if (fields?.['TLS.ver'] !== '2.0') return 70003
    if (fields['TLS.sdkappid'] !== sdkAppId) return 70014
    if (fields['TLS.identifier'] !== identifier) return 70013
    if (now() / 1000 > fields['TLS.time'] + fields['TLS.expire']) return 70001
    return isSignedBy(fields, secretKey) ? 0 : 70009
  }
}

/** Counts the calls of each command within a second of the clock. */
export class Rates {
  readonly #counts = new Map<string, { second: number; count: number }>()

  /** @throws Refusal 60007 for one call too many */
  count(command: string, perSecond: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    const last = this.#counts.get(command)
    const count = last?.second === second ? last.count + 1 : 1
    this.#counts.set(command, { second, count })
    if (count > perSecond) refuse(60007)
  }
}
