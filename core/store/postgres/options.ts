import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { TimhookError } from '../../errors.ts'
import { parsePostgresUrl, type PostgresHost } from '../../../config/postgres-url.ts'

/** How a server's certificate is checked, in the words of libpq: not at all, its authority, or its name too. */
export type SslMode = 'require' | 'verify-ca' | 'verify-full'

/** The config's `delivery.postgres`. */
export interface PostgresSettings {
  /** One server, or several of which one is writable: postgres://user:password@host:port,host:port/database?sslmode=… */
  readonly url: string
  /** Replaces the one in the URL. */
  readonly password?: string
  readonly schema: string
  /** Files are PEM. */
  readonly ssl?: { readonly mode: SslMode; readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly durability: 'strict' | 'relaxed'
}

/** What a driver needs to know about each connection. */
export interface Target {
  readonly hosts: readonly PostgresHost[]
  readonly user: string
  readonly password: string
  readonly database: string
  readonly ssl: ConnectionOptions | false
  /** Where PostgreSQL is, without the password. */
  readonly place: string
}

/** @throws TimhookError CONFIG_INVALID if the URL is invalid, or a file of `ssl` cannot be read */
export function targetOf({ url, password, ssl }: PostgresSettings): Target {
  const parsed = parsePostgresUrl(url)
  if (typeof parsed === 'string') throw new TimhookError('CONFIG_INVALID', `delivery.postgres.url: ${parsed}`)
  const { hosts, sslmode, user, database } = parsed
  const mode = ssl?.mode ?? sslmode ?? 'disable'
  const name = user === '' ? 'timhook' : user
  return {
    hosts,
    user: name,
    password: password ?? parsed.password,
    database: database === '' ? name : database,
    ssl: mode === 'disable' ? false : tlsOf(mode, ssl),
    place: hosts.map(({ host, port }) => (isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`)).join(','),
  }
}

function tlsOf(mode: string, { ca, cert, key }: Partial<NonNullable<PostgresSettings['ssl']>> = {}): ConnectionOptions {
  return {
    ...(ca !== undefined && { ca: pem('ca', ca) }),
    ...(cert !== undefined && { cert: pem('cert', cert) }),
    ...(key !== undefined && { key: pem('key', key) }),
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
}

function pem(name: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code = 'it cannot be read' } = error as { code?: string }
    throw new TimhookError('CONFIG_INVALID', `delivery.postgres.ssl.${name}: ${file}: ${code}`)
  }
}
