import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { certificatesOf, expiryOf } from '../../core/lib/net/certificates.ts'
import type { Fault, Path } from '../faults.ts'
import { getKey, isPlainObject } from '../schema/objects.ts'

const LISTENERS = ['server', 'admin'] as const
const FILES = ['cert', 'key', 'ca'] as const
const DAY_MS = 86_400_000
/** Automatic renewals happen a month before the end, so if it is this near, the renewal has failed. */
const SOON_MS = 14 * DAY_MS

/** Faults and warnings about the files of `server.tls` and `admin.tls`. */
export interface TlsFindings {
  readonly faults: Fault[]
  readonly warnings: Fault[]
}

/** Makes the paths of `server.tls` and `admin.tls` absolute, in place, and checks the files. */
export function checkTlsFiles(config: unknown, folder: string, now = Date.now()): TlsFindings {
  const all = LISTENERS.flatMap((listener) => {
    const tls = getKey(getKey(config, listener), 'tls')
    return isPlainObject(tls) ? [new TlsCheck(tls, { path: [listener, 'tls'], folder, now })] : []
  })
  return { faults: all.flatMap(({ faults }) => faults), warnings: all.flatMap(({ warnings }) => warnings) }
}

class TlsCheck implements TlsFindings {
  readonly faults: Fault[] = []
  readonly warnings: Fault[] = []
  readonly #path: Path
  readonly #now: number

  constructor(tls: Record<string, unknown>, { path, folder, now }: { path: Path; folder: string; now: number }) {
    this.#path = path
    this.#now = now
    for (const name of FILES) {
      const file = tls[name]
      if (typeof file === 'string') tls[name] = resolve(folder, file)
    }
    const [cert, key, ca] = FILES.map((name) => this.#read(name, tls[name]))
    const certificates = this.#certificates('cert', cert)
    const privateKey = this.#privateKey(key)
    this.#certificates('ca', ca)
    const [own] = certificates
    if (own && privateKey && !own.checkPrivateKey(privateKey))
      this.#fault('key', 'does not fit the certificate of cert; expected the key that it was made for')
    if (this.faults.length > 0) return
    try {
      createSecureContext({ cert, key, ca })
    } catch (error) {
      this.#fault('cert', `cannot be used (${codeOf(error)})`)
    }
  }

  #read(name: string, file: unknown): string | undefined {
    if (typeof file !== 'string') return undefined
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      this.#fault(name, `cannot be read (${codeOf(error)}): ${file}`)
      return undefined
    }
  }

  #certificates(name: 'cert' | 'ca', pem: string | undefined): readonly X509Certificate[] {
    if (pem === undefined) return []
    let certificates: readonly X509Certificate[] = []
    try {
      certificates = certificatesOf(pem)
    } catch {
      // If none is left, that is a fault.
    }
    if (certificates.length === 0) {
      this.#fault(name, 'expected a PEM file with -----BEGIN CERTIFICATE-----')
      return []
    }
    const startsAt = Math.max(...certificates.map(({ validFrom }) => Date.parse(validFrom)))
    const endsAt = expiryOf(certificates)
    if (endsAt <= this.#now) this.#fault(name, `expired on ${dayOf(endsAt)}; expected one that is valid`)
    else if (startsAt > this.#now) this.#fault(name, `is valid from ${dayOf(startsAt)} on only; is the clock right?`)
    else if (endsAt - this.#now < SOON_MS)
      this.warnings.push({ path: [...this.#path, name], message: `expires on ${dayOf(endsAt)}; renew it` })
    return certificates
  }

  #privateKey(pem: string | undefined): KeyObject | undefined {
    if (pem === undefined) return undefined
    try {
      return createPrivateKey(pem)
    } catch {
      const isEncrypted = pem.includes('ENCRYPTED')
      this.#fault('key', isEncrypted ? 'has a passphrase; expected a key without one' : 'expected a PEM file of a key')
      return undefined
    }
  }

  #fault(name: string, message: string): void {
    this.faults.push({ path: [...this.#path, name], message })
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
