import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TimhookError } from '../../errors.ts'

/**
 * Starts listening and returns the URL of `path`.
 * @param section of the config, for the hint of the error
 * @throws TimhookError LISTEN_FAILED
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  section: 'server' | 'admin',
  path = '/',
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailed(error, host, port, section)))
    server.listen({ host, port }, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}${path}`
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number, section: string): TimhookError {
  const setting = section === 'server' ? 'server.port, or --port' : 'admin.port; `admin: false` does without'
  const noAddress = `${section}.host is no address of this machine.`
  const hints: Record<string, string> = {
    EADDRINUSE: `Something else listens there: stop it, or choose another port (${setting}).`,
    EACCES: 'Ports below 1024 need rights: choose a higher one and let a proxy forward to it.',
    EADDRNOTAVAIL: noAddress,
    ENOTFOUND: noAddress,
  }
  return new TimhookError('LISTEN_FAILED', `cannot listen on ${host}:${port} (${error.code})`, {
    hint: hints[error.code ?? ''] ?? '',
    cause: error,
  })
}
