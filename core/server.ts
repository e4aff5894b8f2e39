import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { Bus } from './observe/bus.ts'
import { compose, type Prepared, type Running } from './runtime.ts'
import type { SqliteClient } from './delivery/engines/sqlite/client/sqlite-client.ts'
import { describeError } from './errors.ts'
import { createAdminServer, type Readiness } from './http/server/admin.ts'
import { createApp } from './http/app.ts'
import { listen } from './http/server/listen.ts'
import { createNodeServer, type NodeServer } from './http/server/node-server.ts'
import type { Logger } from './observe/log.ts'
import { logEvents } from './observe/log-events.ts'
import { withTimeout } from './lib/timeout.ts'

/** A server that listens. */
export interface TimhookServer {
  /** Of the first path, such as `http://127.0.0.1:8080/`. */
  readonly url: string
  /** Of the admin listener, such as `http://127.0.0.1:8081/`; undefined where it is turned off. */
  readonly adminUrl: string | undefined
  readonly bus: Bus
  readonly running: Running
  /** What `/readyz` tells. */
  readonly readiness: () => Promise<Readiness>
  /**
   * Goes on for `drainMs` milliseconds (default: the config's), not ready any more and asking clients to close their
   * connections. Then stops listening, gives requests and handlers under way `graceMs` (default 10000) each, and closes
   * the plugins.
   * A second call waits for the first. With `failed` what is under way then is in doubt: the next start tries it with care, lest it be the cause.
   */
  stop(options?: { drainMs?: number; graceMs?: number; failed?: boolean }): Promise<void>
}

interface StartDeps {
  readonly log: Logger
  readonly bus?: Bus
  /** Of the engine sqlite, where its thread was started early. */
  readonly link?: SqliteClient | undefined
  /** Ends the start. */
  readonly signal?: AbortSignal | undefined
}

const GRACE_MS = 10_000
/** How long the store may take to prove that it can be written to. */
const PROBE_MS = 2000

/**
 * Starts a server: the admin listener first, which tells that it is not ready yet; then the plugins; then the webhook.
 * @throws TimhookError LISTEN_FAILED or PLUGIN_SETUP_FAILED
 */
export async function startServer(
  prepared: Prepared,
  { log, bus = new Bus(), link, signal }: StartDeps,
): Promise<TimhookServer> {
  logEvents(bus, log)
  const { server: settings, admin: adminSettings } = prepared.config
  const state: { plugins: string | undefined; draining: string | undefined } = {
    plugins: 'being set up',
    draining: undefined,
  }
  let running: Running | undefined
  const readiness = async (): Promise<Readiness> => ({
    checks: {
      plugins: state.plugins,
      store: running && (await storeFault(running)),
      draining: state.draining,
    },
    notes: { durability: running?.durability() },
  })
  const admin = createAdminServer(readiness, adminSettings || {})
  const adminUrl = adminSettings === false ? undefined : await listen(admin, adminSettings, 'admin')
  try {
    running = await compose(prepared, { bus, log, link, signal })
    state.plugins = undefined
    const { bodyLimit, maxConnections, trustProxy } = settings
    const proxies = Number(trustProxy)
    const app = createApp({ ...running, bus, bodyLimit, proxies, isDraining: () => state.draining !== undefined })
    const handle = app.callback()
    const limits = { maxConnections, proxies }
    const http = createNodeServer((request, response) => void handle(request, response), bus, limits)
    const url = await listen(http.server, settings, 'server', running.paths[0])
    bus.emit('server:listening', { url })
    const stop = stopper({ settings, bus, state, http, admin, running })
    return { url, adminUrl, bus, running, readiness, stop }
  } catch (error) {
    await running?.stop(0)
    admin.close()
    throw error
  }
}

/** Why nothing can be stored, or undefined where it can. */
async function storeFault(running: Running): Promise<string | undefined> {
  try {
    await withTimeout(running.health(), PROBE_MS)
    return undefined
  } catch (error) {
    return describeError(error)
  }
}

interface StopDeps {
  readonly settings: Prepared['config']['server']
  readonly bus: Bus
  readonly state: { draining: string | undefined }
  readonly http: NodeServer
  readonly admin: Server
  readonly running: Running
}

function stopper({ settings, bus, state, http, admin, running }: StopDeps): TimhookServer['stop'] {
  let stopping: Promise<void> | undefined
  const stop: TimhookServer['stop'] = async ({
    drainMs = settings.drainMs,
    graceMs = GRACE_MS,
    failed = false,
  } = {}) => {
    state.draining = 'the server is about to stop'
    bus.emit('server:draining', { drainMs })
    await delay(drainMs)
    await close(http, graceMs)
    const result = await running.stop(graceMs, failed)
    admin.close()
    admin.closeAllConnections()
    bus.emit('server:closed', result)
  }
  // A signal may come while the store is being given up, and the other way round.
  return (options) => (stopping ??= stop(options))
}

/** Stops listening, and waits for the requests under way. */
async function close({ server, idle }: NodeServer, graceMs: number): Promise<void> {
  server.close()
  const late = new AbortController()
  const timeout = delay(graceMs, undefined, { signal: late.signal }).catch(() => undefined)
  await Promise.race([idle(), timeout])
  late.abort()
  server.closeAllConnections()
}
