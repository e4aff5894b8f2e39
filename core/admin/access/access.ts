import { createHash, timingSafeEqual } from 'node:crypto'
import { isLoopback } from '../../lib/net/host.ts'
import { LoginThrottle } from './login-throttle.ts'
import { Sessions } from './sessions.ts'

/** The part of the config's `admin` that says who may do what. */
export interface AdminSettings {
  /** The host that the admin server listens on. */
  readonly host?: string
  /** The token that all but the probes, the page's files and the login require. */
  readonly token?: string
  /** `open`: /metrics needs no token. */
  readonly metrics?: 'token' | 'open'
  /** Whether the page and the paths under /api/ exist. */
  readonly page?: boolean
  /** Whether bodies of callbacks may be read. */
  readonly bodies?: boolean
  /** Whether test callbacks may be sent. */
  readonly write?: boolean
}

/** The keys of the config's `admin` that a reload applies. */
export const ACCESS_KEYS = ['token', 'metrics', 'page', 'bodies', 'write'] as const

/** A session; or the token is wrong; or there were too many wrong tokens, and the next may be tried after `waitMs`. */
export type LoginResult =
  | { readonly session: string; readonly waitMs?: undefined }
  | { readonly session?: undefined; readonly waitMs?: number }

/** Who may use the admin server: with the token, a login with it, or, without a token, by this machine's own name. */
export class Access {
  readonly #sessions = new Sessions()
  readonly #throttle = new LoginThrottle()
  readonly #onRevoked = new Set<() => void>()
  /** The host that the server really listens on, whatever a reload says. */
  readonly #host: string | undefined
  #settings: AdminSettings

  constructor(settings: AdminSettings) {
    this.#host = settings.host?.toLowerCase()
    this.#settings = settings
  }

  get settings(): AdminSettings {
    return this.#settings
  }

  /**
   * Applies the settings of a reload, except host and port. A new token ends all logins. Without a token only a loopback
   * host may be served: if the server listens on another one, it keeps its token.
   */
  update(next: AdminSettings): void {
    const isExposed = this.#host !== undefined && !isLoopback(this.#host)
    const token = next.token ?? (isExposed ? this.#settings.token : undefined)
    const isChanged = token !== this.#settings.token
    const { token: _, ...others } = next
    this.#settings = { ...others, ...(token !== undefined && { token }) }
    if (!isChanged) return
    this.#sessions.clear()
    for (const listener of this.#onRevoked) listener()
  }

  /** Calls `listener` when access is revoked. Returns a function that removes the listener. */
  onRevoked(listener: () => void): () => void {
    this.#onRevoked.add(listener)
    return () => void this.#onRevoked.delete(listener)
  }

  /** Whether the header `Authorization` has the token. */
  isBearer(authorization: string): boolean {
    const { token } = this.#settings
    return token !== undefined && isEqual(authorization, `Bearer ${token}`)
  }

  hasSession(id: string | undefined, now = Date.now()): boolean {
    return id !== undefined && this.#sessions.has(id, now)
  }

  /** @param address that of the peer, whose wrong tokens are counted */
  login(token: string, address: string, now = Date.now()): LoginResult {
    const waitMs = this.#throttle.waitMs(address, now)
    if (waitMs > 0) return { waitMs }
    if (this.#settings.token !== undefined && isEqual(token, this.#settings.token)) {
      return { session: this.#sessions.begin(now) }
    }
    this.#throttle.failed(address, now)
    return {}
  }

  logout(id: string): void {
    this.#sessions.end(id)
  }

  /**
   * Whether a request without a token comes from this machine under its own name. A web page in a local browser is also
   * on this machine: if DNS rebinding points its name here, `Host` contains that name.
   */
  isOwnHost(hostname: string): boolean {
    return isLoopback(hostname) || (hostname !== '' && hostname === this.#host)
  }
}

/** Digests have equal lengths, so the time of the comparison reveals nothing about the token. */
function isEqual(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
