import type { Server } from 'node:http'
import type { Bus } from '../../observe/bus.ts'
import { readTls, replaceTls, type Tls, type TlsFiles } from './tls.ts'

interface Listeners {
  readonly server: { readonly tls?: TlsFiles | undefined }
  readonly admin: false | { readonly tls?: TlsFiles | undefined }
}

const LISTENERS = ['server', 'admin'] as const

/** What the two listeners serve HTTPS with. @throws TimhookError LISTEN_FAILED */
export class Certificates {
  #now: Readonly<Record<(typeof LISTENERS)[number], Tls | undefined>>

  constructor(config: Listeners) {
    this.#now = readAll(config)
  }

  get server(): Tls | undefined {
    return this.#now.server
  }

  get admin(): Tls | undefined {
    return this.#now.admin
  }

  /** When each of them expires, milliseconds since 1970. */
  expiries(): (readonly [listener: string, expiresAt: number])[] {
    return LISTENERS.flatMap((listener) => {
      const tls = this.#now[listener]
      return tls ? [[listener, tls.expiresAt] as const] : []
    })
  }

  /**
   * Reads the files of another config.
   * @returns a function that uses them for new connections
   * @throws TimhookError LISTEN_FAILED
   */
  replace(config: Listeners, servers: Readonly<Record<(typeof LISTENERS)[number], Server>>, bus?: Bus): () => void {
    const next = readAll(config)
    return () => {
      for (const listener of LISTENERS) {
        const [from, to] = [this.#now[listener], next[listener]]
        if (!to || !replaceTls(servers[listener], from, to)) continue
        this.#now = { ...this.#now, [listener]: to }
        bus?.emit('certificate:replaced', { listener, expiresAt: to.expiresAt })
      }
    }
  }
}

function readAll({ server, admin }: Listeners): Record<(typeof LISTENERS)[number], Tls | undefined> {
  return { server: readTls(server.tls), admin: admin === false ? undefined : readTls(admin.tls) }
}
