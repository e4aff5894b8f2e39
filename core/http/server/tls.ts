import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { Server as TlsServer, type TLSSocket } from 'node:tls'
import { TimhookError } from '../../errors.ts'
import { certificatesOf, expiryOf } from '../../lib/net/certificates.ts'

/** How long a client has for its handshake, milliseconds: as long as for the head of a request. */
const HANDSHAKE_MS = 10_000

/** Absolute paths of PEM files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca?: string | undefined
}

/** The files of a listener, read. */
export interface Tls {
  readonly cert: string
  readonly key: string
  readonly ca: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * Reads the files of a listener, which have passed the check of the config.
 * @throws TimhookError LISTEN_FAILED
 */
export function readTls(files: TlsFiles | undefined): Tls | undefined {
  if (!files) return undefined
  try {
    const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => file && readFileSync(file, 'utf8'))
    return { cert: cert ?? '', key: key ?? '', ca, expiresAt: expiryOf(certificatesOf(cert ?? '')) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TimhookError('LISTEN_FAILED', `the files of tls cannot be read (${code})`, { cause: error })
  }
}

/** Creates a server for HTTPS, or for HTTP without `tls`. */
export function createHttpServer(options: ServerOptions, tls: Tls | undefined): Server {
  if (!tls) return createServer(options)
  const { cert, key, ca } = tls
  const isMutual = ca !== undefined
  return createSecureServer({
    ...options,
    cert,
    key,
    ca,
    requestCert: isMutual,
    rejectUnauthorized: isMutual,
    handshakeTimeout: HANDSHAKE_MS,
  })
}

/** Uses another certificate for new connections; open ones keep theirs. Returns whether it differs. */
export function replaceTls(server: Server, from: Tls | undefined, to: Tls | undefined): boolean {
  if (!(server instanceof TlsServer) || !from || !to || !isReplaceable(from, to)) return false
  if (from.cert === to.cert && from.key === to.key && from.ca === to.ca) return false
  server.setSecureContext({ cert: to.cert, key: to.key, ca: to.ca })
  return true
}

/** Whether a reload can take over these files: TLS itself, and client certificates, are turned on and off by a restart. */
export function isReplaceable(from: Pick<TlsFiles, 'ca'> | undefined, to: Pick<TlsFiles, 'ca'> | undefined): boolean {
  return from !== undefined && to !== undefined && (from.ca === undefined) === (to.ca === undefined)
}

/** Why a handshake failed, as the reason of a refusal; undefined if the client simply left. */
export function handshakeFault({ code = '' }: { code?: string }, socket: TLSSocket): string | undefined {
  // Node ends such a connection with the same error as one that the client has closed.
  if (socket.authorizationError) return 'tls: the client certificate is not one of server.tls.ca'
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'tls: got HTTP where HTTPS is served'
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'tls: the handshake did not end in time'
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'tls: expected a client certificate, got none'
  return /^ERR_(SSL|TLS)/.test(code) ? 'tls: the handshake failed' : undefined
}
