import { createHmac, timingSafeEqual } from 'node:crypto'
import { inflateSync } from 'node:zlib'

/** What a UserSig holds. */
export interface UserSigFields {
  readonly 'TLS.ver': string
  readonly 'TLS.identifier': string
  readonly 'TLS.sdkappid': number
  readonly 'TLS.time': number
  readonly 'TLS.expire': number
  readonly 'TLS.userbuf'?: string
  readonly 'TLS.sig': string
}

/** The fields of a UserSig, or undefined where it cannot be decoded. */
export function decodeUserSig(usersig: string): UserSigFields | undefined {
  try {
    const base64 = usersig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
    const fields: unknown = JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString())
    return typeof fields === 'object' && fields !== null ? (fields as UserSigFields) : undefined
  } catch {
    return undefined
  }
}

/** Whether the signature within is the one that the key makes. */
export function isSignedBy(fields: UserSigFields, key: string): boolean {
  const lines = ['identifier', 'sdkappid', 'time', 'expire', 'userbuf'].flatMap((name) => {
    const value = fields[`TLS.${name}` as keyof UserSigFields]
    return value === undefined ? [] : [`TLS.${name}:${value}\n`]
  })
  const expected = createHmac('sha256', key).update(lines.join('')).digest()
  const given = Buffer.from(fields['TLS.sig'], 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
