import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { TimhookError } from '../../errors.ts'
import { socketPath } from '../../lib/net/host.ts'
import { retryUntil } from '../../lib/timeout.ts'
import { removeStaleSocket, setSocketMode, unixUrl } from './unix-socket.ts'

/** The first descriptor that a service manager passes on (sd_listen_fds(3)). */
const FIRST_PASSED = 3

export interface ListenOptions {
  /** A socket that a service manager has opened, in place of host and port. */
  readonly descriptor?: number | undefined
  /** How long to keep trying while something else listens there, milliseconds. */
  readonly waitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where to listen, and the path of the URL that is returned. */
export interface ListenAddress {
  /** An address or a name, or `unix:PATH`. */
  readonly host: string
  readonly port: number
  readonly path?: string
  /** The mode of a Unix socket, octal. */
  readonly socketMode?: string
}

/**
 * Starts listening and returns the URL of `path`.
 * @param section of the config, for the hint of the error
 * @throws TimhookError LISTEN_FAILED
 */
export async function listen(
  server: Server,
  { host, port, path = '/', socketMode }: ListenAddress,
  section: 'server' | 'admin',
  { descriptor, waitMs = 0, signal }: ListenOptions = {},
): Promise<string> {
  const socket = descriptor === undefined ? socketPath(host) : undefined
  const target = socket === undefined ? { host, port } : { path: socket }
  const listenOnce = async (): Promise<void> => {
    if (socket !== undefined) await removeStaleSocket(host)
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        server.off('listening', listening)
        reject(listenFailed(error, host, port, section))
      }
      const listening = (): void => {
        server.off('error', failed)
        resolve()
      }
      server.once('error', failed).once('listening', listening)
      server.listen(descriptor === undefined ? target : { fd: descriptor })
    })
    if (socket !== undefined && socketMode !== undefined) await setSocketMode(socket, socketMode)
  }
  await retryUntil(listenOnce, { waitMs, signal, isTemporary: isInUse })
  const scheme = server instanceof TlsServer ? 'https' : 'http'
  return urlOf(server.address(), { host, port, path, scheme, isPassed: descriptor !== undefined })
}

/**
 * The socket that a service manager has opened for this process, if any. It stays open across a restart, so that
 * connections wait in it while no server runs. With workers, the first process passes it on.
 */
export function passedSocket(env = process.env): number | undefined {
  const { LISTEN_FDS: count, LISTEN_PID: owner } = env
  const isOurs =
    owner === String(process.pid) || (env['TIMHOOK_WORKER'] !== undefined && owner === String(process.ppid))
  return isOurs && Number(count) > 0 ? FIRST_PASSED : undefined
}

function urlOf(
  address: AddressInfo | string | null,
  {
    host,
    port,
    path,
    scheme,
    isPassed,
  }: Required<Omit<ListenAddress, 'socketMode'>> & { scheme: string; isPassed: boolean },
): string {
  if (typeof address === 'string') return unixUrl(address, path)
  const shown = isPassed ? (address?.address ?? host) : host
  const bound = address?.port ?? port
  return `${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${bound}${path}`
}

function isInUse(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return cause?.code === 'EADDRINUSE'
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number, section: string): TimhookError {
  const setting = section === 'server' ? 'server.port, or --port' : 'admin.port; `admin: false` does without'
  const noAddress = `${section}.host is not an address of this machine.`
  if (socketPath(host) !== undefined) {
    const inUse = 'Another server listens there: stop it, or choose another path (server.host).'
    // Node also reports a missing folder as EACCES.
    const hint = error.code === 'EACCES' ? 'Its folder has to exist and be writable for this user.' : inUse
    return new TimhookError('LISTEN_FAILED', `cannot listen on ${host} (${error.code})`, { hint, cause: error })
  }
  const hints: Record<string, string> = {
    EADDRINUSE: `Something else listens there: stop it, or choose another port (${setting}).`,
    EACCES: 'Ports below 1024 need privileges: choose a higher one and let a proxy forward to it.',
    EADDRNOTAVAIL: noAddress,
    ENOTFOUND: noAddress,
  }
  return new TimhookError('LISTEN_FAILED', `cannot listen on ${host}:${port} (${error.code})`, {
    hint: hints[error.code ?? ''] ?? '',
    cause: error,
  })
}
