import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Bus } from './bus.ts'
import { compose, type Prepared, type Running } from './compose.ts'
import { TimhookError } from './errors.ts'
import { createApp } from './http/app.ts'
import { type InFlight, trackInFlight } from './http/in-flight.ts'
import { createNodeServer } from './http/node-server.ts'
import type { Logger } from './log.ts'
import { logEvents } from './observe.ts'

/** A server that listens. */
export interface TimhookServer {
  /** Of the first path, such as `http://127.0.0.1:8080/`. */
  readonly url: string
  readonly bus: Bus
  readonly running: Running
  /**
   * Goes on for `drainMs` milliseconds (default: the config's), asking clients to close their connections, then stops
   * listening, gives requests and handlers under way `graceMs` (default 10000) each, and closes the plugins.
   */
  stop(options?: { drainMs?: number; graceMs?: number }): Promise<void>
}

const GRACE_MS = 10_000

/**
 * Starts a server: plugins set up first, then listening.
 * @throws TimhookError LISTEN_FAILED or PLUGIN_SETUP_FAILED
 */
export async function startServer(
  prepared: Prepared,
  { log, bus = new Bus() }: { log: Logger; bus?: Bus },
): Promise<TimhookServer> {
  logEvents(bus, log)
  const { host, port, bodyLimit, drainMs: drainDefault } = prepared.config.server
  const running = await compose(prepared, { bus, log })
  let draining = false
  const app = createApp({ ...running, bus, bodyLimit, isDraining: () => draining })
  const handle = app.callback()
  const inFlight = trackInFlight((request, response) => void handle(request, response))
  const server = createNodeServer(inFlight.listener, bus)
  try {
    await listen(server, host, port)
  } catch (error) {
    await running.stop(0)
    throw error
  }
  const url = urlOf(server, host, running.paths[0] ?? '/')
  bus.emit('server:listening', { url })

  return {
    url,
    bus,
    running,
    async stop({ drainMs = drainDefault, graceMs = GRACE_MS } = {}) {
      draining = true
      bus.emit('server:draining', { drainMs })
      await delay(drainMs)
      await close(server, inFlight, graceMs)
      bus.emit('server:closed', await running.stop(graceMs))
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailed(error, host, port)))
    server.listen({ host, port }, resolve)
  })
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number): TimhookError {
  const hints: Record<string, string> = {
    EADDRINUSE: 'Something else listens there: stop it, or choose another port (server.port, or --port).',
    EACCES: 'Ports below 1024 need rights: choose a higher one and let a proxy forward to it.',
    EADDRNOTAVAIL: 'server.host is no address of this machine.',
    ENOTFOUND: 'server.host is no address of this machine.',
  }
  return new TimhookError('LISTEN_FAILED', `cannot listen on ${host}:${port} (${error.code})`, {
    hint: hints[error.code ?? ''] ?? '',
    cause: error,
  })
}

/** Stops listening, and waits for the requests under way. */
async function close(server: Server, inFlight: InFlight, graceMs: number): Promise<void> {
  server.close()
  const late = new AbortController()
  const timeout = delay(graceMs, undefined, { signal: late.signal }).catch(() => undefined)
  await Promise.race([inFlight.idle(), timeout])
  late.abort()
  server.closeAllConnections()
}

function urlOf(server: Server, host: string, path: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}
