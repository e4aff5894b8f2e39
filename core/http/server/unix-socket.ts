import cluster from 'node:cluster'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { TimhookError } from '../../errors.ts'
import { socketPath } from '../../lib/net/host.ts'

/**
 * Removes the socket that a killed server has left. A socket in use stays, and so does a file that is not a socket.
 * With workers the first process does this, or a worker would remove the socket that another has just created.
 * @throws TimhookError LISTEN_FAILED
 */
export async function removeStaleSocket(host: string): Promise<void> {
  const path = socketPath(host)
  if (path === undefined || cluster.isWorker) return
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket()) {
    throw new TimhookError('LISTEN_FAILED', `cannot listen on ${host}: there is a file that is not a socket`, {
      hint: 'Remove it, or choose another path (server.host).',
    })
  }
  if (await isRefused(path)) await rm(path, { force: true })
}

/** Sets who may connect. Until then the system's default mode applies, which is stricter. */
export async function setSocketMode(path: string, mode: string): Promise<void> {
  await chmod(path, Number.parseInt(mode, 8))
}

/** The URL of a path on a Unix socket, as nginx writes it: `unix:/run/timhook.sock:/callbacks`. */
export function unixUrl(socket: string, path: string): string {
  return path === '/' ? `unix:${socket}` : `unix:${socket}:${path}`
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}
