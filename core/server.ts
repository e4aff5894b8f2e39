import { isDeepStrictEqual } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import { Bus } from './observe/bus.ts'
import { compose, type Prepared, type Running } from './runtime.ts'
import type { DeliveryStats } from './delivery/delivery.ts'
import { describeError, TimhookError } from './errors.ts'
import { bodyBudgetFor } from './http/body/body-budget.ts'
import { createReads } from './admin/history/create-reads.ts'
import type { ConfigOnDisk } from './admin/api/deps.ts'
import { ACCESS_KEYS } from './admin/access/access.ts'
import type { Readiness } from './admin/readiness.ts'
import { type Admin, openAdmin } from './admin/server/open-admin.ts'
import { createApp } from './http/app.ts'
import { trustedProxies } from './http/answer/requester.ts'
import { Certificates } from './http/server/certificates.ts'
import { listen, passedSocket } from './http/server/listen.ts'
import { type Admission, createNodeServer, type NodeServer } from './http/server/node-server.ts'
import { isReplaceable, type TlsFiles } from './http/server/tls.ts'
import { withinNetworks } from './lib/net/networks.ts'
import type { Logger } from './observe/log.ts'
import { type Alerts, watchAlerts } from './observe/alerts/alerts.ts'
import { logEvents } from './observe/log-events.ts'
import type { Family } from './observe/metrics/family.ts'
import { createMetrics, type Metrics } from './observe/metrics/metrics.ts'
import { version } from './observe/version.ts'
import { isInTime, withTimeout } from './lib/timeout.ts'

/** A listening server. */
export interface TimhookServer {
  /** The URL of the first path, such as `http://127.0.0.1:8080/`. */
  readonly url: string
  /** The URL of the admin server, such as `http://127.0.0.1:8081/`; undefined if it is turned off. */
  readonly adminUrl: string | undefined
  readonly bus: Bus
  readonly running: Running
  /** The result of `/readyz`. */
  readonly readiness: () => Promise<Readiness>
  /** The numbers of `/metrics`, as data. */
  readonly metrics: () => Promise<Family[]>
  /**
   * Swaps apps, tokens and plugins without refusing a request. Emits `config:reloaded`.
   * @throws TimhookError; then nothing has changed
   */
  reload(next: Prepared): Promise<void>
  /**
   * Drains for `drainMs` milliseconds (default: the config's): no longer ready, and asking clients to close their
   * connections. Then stops listening, gives requests and handlers under way `graceMs` (default 10000) each, and closes
   * the plugins. A second call waits for the first. With `failed`, the calls under way are suspects: the next start
   * retries them with care, in case one was the cause.
   */
  stop(options?: { drainMs?: number; graceMs?: number; failed?: boolean }): Promise<void>
}

interface StartDeps {
  readonly log: Logger
  readonly bus?: Bus
  /** Aborts the start. */
  readonly signal?: AbortSignal | undefined
  /** How long to wait for the ports and the store of a server that is stopping, milliseconds. */
  readonly waitMs?: number | undefined
  /** Reads the config's file as it is now, to show what a reload would change. */
  readonly readConfig?: () => Promise<ConfigOnDisk>
}

const GRACE_MS = 10_000
/** How long the health check of the store may take. */
const PROBE_MS = 2000
/** How long a connection that was taken just before the end has for its first request, milliseconds. */
const NEWCOMER_MS = 1000

/**
 * Starts a server: first the admin server, which reports not ready; then the plugins; then the webhook.
 * @throws TimhookError LISTEN_FAILED or PLUGIN_SETUP_FAILED
 */
export async function startServer(
  prepared: Prepared,
  { log, bus = new Bus(), signal, waitMs, readConfig }: StartDeps,
): Promise<TimhookServer> {
  logEvents(bus, log, prepared.config.log)
  const { server: settings, admin: adminSettings } = prepared.config
  const state: { plugins: string | undefined; draining: string | undefined } = {
    plugins: 'being set up',
    draining: undefined,
  }
  let running: Running | undefined
  const readiness = async (): Promise<Readiness> => {
    const [store, held] = running ? await Promise.all([storeFault(running), heldNote(running)]) : []
    return {
      checks: { plugins: state.plugins, store, draining: state.draining },
      notes: { durability: running?.durability(), held, parked: parkedNote(running) },
    }
  }
  const budget = bodyBudgetFor(settings.bodyLimit)
  const { engine } = prepared.config.delivery
  const certificates = new Certificates(prepared.config)
  const expiries = (): ReturnType<Certificates['expiries']> => certificates.expiries()
  const metrics = createMetrics({
    bus,
    version,
    engine,
    bodies: budget,
    certificates: expiries,
    sources: () => running,
  })
  const read = (): Promise<Family[]> => metrics.read()
  let current = prepared
  let url: string | undefined
  const admin = openAdmin(
    {
      version,
      instance: () => running?.instance ?? '',
      startedAt: Date.now(),
      running: () => current,
      readConfig,
      readiness,
      families: read,
      processes: () => [{ pid: process.pid }],
      webhookUrl: () => url,
      store: async (plugin) => mustRun(running).stores.of(plugin),
      log,
    },
    adminSettings || {},
    { reads: createReads(async () => mustRun(running).history()), tls: certificates.admin },
  )
  const adminUrl =
    adminSettings === false ? undefined : await listen(admin.server, adminSettings, 'admin', { waitMs, signal })
  try {
    running = await compose(prepared, { bus, log, signal, waitMs })
    state.plugins = undefined
    const opened = running
    const stats = (): Promise<DeliveryStats> => opened.stats()
    const { bodyLimit, maxConnections, trustProxy, allowFrom } = settings
    const proxies = trustedProxies(trustProxy)
    const app = createApp({
      ...running,
      bus,
      bodyLimit,
      budget,
      proxies,
      isDraining: () => state.draining !== undefined,
    })
    const handle = app.callback()
    const admission: Admission = { isAllowed: allowFrom && withinNetworks(allowFrom) }
    const limits = { maxConnections, proxies, admission, tls: certificates.server }
    const http = createNodeServer((request, response) => void handle(request, response), bus, limits)
    const [path = '/'] = running.paths
    url = await listen(http.server, { ...settings, path }, 'server', {
      descriptor: passedSocket(),
      waitMs,
      signal,
    })
    bus.emit('server:listening', { url })
    const alerts = watchAlerts({ bus, stats, silenceMs: prepared.config.alerts.noCallbacks, certificates: expiries })
    const stop = stopper({ settings, bus, state, http, admin, running, metrics, alerts })
    const swapTls = (next: Prepared): (() => void) =>
      certificates.replace(next.config, { server: http.server, admin: admin.server }, bus)
    const onReloaded = (next: Prepared): void => {
      current = next
      const { allowFrom: networks } = next.config.server
      admission.isAllowed = networks && withinNetworks(networks)
      if (next.config.admin !== false) admin.update(next.config.admin)
    }
    const reload = reloader(prepared, running, { bus, swapTls, onReloaded })
    return { url, adminUrl, bus, running, readiness, metrics: read, reload, stop }
  } catch (error) {
    await running?.stop(0)
    admin.close()
    metrics.stop()
    throw error
  }
}

interface ReloadDeps {
  readonly bus: Bus
  readonly swapTls: (next: Prepared) => () => void
  readonly onReloaded: (next: Prepared) => void
}

function reloader(
  { config: started }: Prepared,
  running: Running,
  { bus, swapTls, onReloaded }: ReloadDeps,
): TimhookServer['reload'] {
  return async (next) => {
    // Files that cannot be read refuse the reload before anything has changed.
    const swap = swapTls(next)
    const { stale, ...changes } = await running.reload(next)
    swap()
    onReloaded(next)
    const restart = [...stale.map((id) => `the code of plugin ${id}`), ...changedKeys(started, next.config)]
    bus.emit('config:reloaded', { ...changes, restart })
  }
}

/** The keys outside of apps and plugins that differ and cannot be swapped, such as `server.port`. */
function changedKeys(from: Prepared['config'], to: Prepared['config']): string[] {
  const sections = ['server', 'admin', 'delivery', 'log'] as const
  return sections.flatMap((section) => {
    const [a = {}, b = {}] = [{ ...from[section] }, { ...to[section] }] as Record<string, unknown>[]
    const differs = (key: string): boolean =>
      key === 'tls'
        ? !isReplaceable(a['tls'] as TlsFiles | undefined, b['tls'] as TlsFiles | undefined)
        : !isDeepStrictEqual(a[key], b[key])
    return Object.keys({ ...a, ...b })
      .filter(differs)
      .map((key) => `${section}.${key}`)
      .filter((key) => !needsNoRestart(key, from, to))
  })
}

/** A reload can change who may use a listener, but not whether and where it listens. */
function needsNoRestart(key: string, from: Prepared['config'], to: Prepared['config']): boolean {
  if (key === 'server.allowFrom') return true
  return from.admin !== false && to.admin !== false && ACCESS_KEYS.some((name) => key === `admin.${name}`)
}

function mustRun(running: Running | undefined): Running {
  if (running) return running
  throw new TimhookError('STORE_CLOSED', 'the server starts: its store is not open yet')
}

/** Returns why nothing can be stored, or undefined if the store works. */
async function storeFault(running: Running): Promise<string | undefined> {
  try {
    await withTimeout(running.health(), PROBE_MS)
    return undefined
  } catch (error) {
    return describeError(error)
  }
}

/** Which plugins are on hold. Anybody may read this, so it does not give the reasons. */
async function heldNote(running: Running): Promise<string | undefined> {
  const { plugins } = await withTimeout(running.stats(), PROBE_MS).catch((): DeliveryStats => ({ plugins: [] }))
  const now = Date.now()
  const notes = plugins.flatMap(({ plugin, held, backlog, oldestAt = now }) => {
    if (!held) return []
    const until = held.until !== undefined && held.until > now ? ` until ${new Date(held.until).toISOString()}` : ''
    const oldest = backlog > 0 ? `, the oldest for ${Math.max(0, Math.round((now - oldestAt) / 1000))} s` : ''
    return [`${plugin}${until}: ${backlog} wait${oldest}`]
  })
  return notes.length > 0 ? notes.join('; ') : undefined
}

/** Plugins whose thread or process has ended too often. The others get their callbacks. */
function parkedNote(running: Running | undefined): string | undefined {
  const notes = running?.registry.plugins.flatMap(({ id, isolation }) => {
    const { state, nextStartAt = 0 } = isolation?.health() ?? {}
    return state === 'parked' ? [`${id}: tried again at ${new Date(nextStartAt).toISOString()}`] : []
  })
  return notes && notes.length > 0 ? notes.join('; ') : undefined
}

interface StopDeps {
  readonly settings: Prepared['config']['server']
  readonly bus: Bus
  readonly state: { draining: string | undefined }
  readonly http: NodeServer
  readonly admin: Admin
  readonly running: Running
  readonly metrics: Metrics
  readonly alerts: Alerts
}

function stopper({ settings, bus, state, http, admin, running, metrics, alerts }: StopDeps): TimhookServer['stop'] {
  let stopping: Promise<void> | undefined
  const stop: TimhookServer['stop'] = async ({
    drainMs = settings.drainMs,
    graceMs = GRACE_MS,
    failed = false,
  } = {}) => {
    state.draining = 'the server is about to stop'
    alerts.stop()
    bus.emit('server:draining', { drainMs })
    await delay(drainMs)
    await close(http, graceMs)
    const result = await running.stop(graceMs, failed)
    admin.close()
    metrics.stop()
    bus.emit('server:closed', result)
  }
  // A signal and a failure of the store may both stop the server.
  return (options) => (stopping ??= stop(options))
}

/** Stops listening and waits for the requests under way, and for those of connections that have just been taken. */
async function close({ server, idle }: NodeServer, graceMs: number): Promise<void> {
  // Node closes idle connections here, and every answer from now on closes its own.
  const closed = new Promise((resolve) => server.close(resolve))
  await isInTime(closed, Math.min(graceMs, NEWCOMER_MS))
  await isInTime(idle(), graceMs)
  server.closeAllConnections()
}
