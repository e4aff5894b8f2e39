import type { Config } from '../config/schema/schema.ts'
import { ConfigError, type Fault, formatFault } from '../config/faults.ts'
import { maskText } from '../config/mask-text.ts'
import { maskConfig } from '../config/read/mask.ts'
import type { ConfigReading } from '../config/read/reading.ts'
import type { Bus } from './observe/bus.ts'
import { createRecordRefused, type Delivery, type DeliveryStats, type Ending } from './delivery/delivery.ts'
import type { History } from './delivery/history.ts'
import { driverFaults } from './delivery/engines/driver.ts'
import { engineWarnings, openEngine } from './delivery/engines/open-engine.ts'
import { appSettings } from './host/app-settings.ts'
import type { DispatchDeps } from './answer.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { type AppCredentials, type Authenticator, createAuthenticator } from './http/request/authenticate.ts'
import type { WebhookDeps } from './http/webhook.ts'
import { closePlugins, type SetUpPlugin, setUpPlugins } from './host/setup.ts'
import { type PluginChanges, PluginHost } from './host/reload.ts'
import { loadPlugins, type LoadedPlugin } from './host/load.ts'
import type { Notify } from './host/import/import-plugin.ts'
import { loadIsolated } from './isolate/load-isolated.ts'
import type { Logger } from './observe/log.ts'
import { connectTracing } from './observe/tracing.ts'
import { PluginCounters } from './observe/plugin-counters.ts'
import { instanceName } from './callback/hops.ts'
import { createRegistry, type Registry } from './registry.ts'
import { createRestClients } from './host/rest-clients.ts'
import type { Rest } from './rest/calls/rest.ts'
import type { Stores } from './store/store.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { unlessAborted } from './lib/timeout.ts'

/** A checked config with its plugins loaded, ready to run. */
export interface Prepared {
  /** The file of the config, as printed. */
  readonly file: string
  readonly config: Config
  readonly plugins: readonly LoadedPlugin[]
  /** The ids of entries with `enabled: false`, whose backlog stays. */
  readonly disabled: readonly string[]
  /** Warnings, as formatted lines. */
  readonly warnings: readonly string[]
  /** Masks the secrets in a text. */
  readonly mask: (text: string) => string
  /** A copy of a config value without secrets, for printing. */
  readonly masked: (value: unknown) => unknown
}

/** Faults and warnings of a config and its plugins, in the order of the file. */
export interface Inspection extends Pick<Prepared, 'plugins' | 'disabled'> {
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

/** Loads the plugins of a config. Never throws. */
export async function inspect(reading: ConfigReading, notify?: Notify): Promise<Inspection> {
  const { plugins, disabled, faults, warnings } = await loadPlugins(reading, notify, loadIsolated)
  return {
    plugins,
    disabled,
    faults: [...reading.faults, ...faults, ...(reading.config ? driverFaults(reading.config.delivery.engine) : [])],
    warnings: [...reading.warnings, ...warnings, ...(reading.config ? engineWarnings(reading.config.delivery) : [])],
  }
}

/** Everything behind the webhook, running. */
export interface Running {
  readonly authenticator: Authenticator
  readonly paths: readonly string[]
  readonly registry: Registry
  readonly dispatch: Dispatch
  readonly recordRefused: WebhookDeps['recordRefused']
  readonly stores: Stores
  /** The name of this server in `timhook-hops`. */
  readonly instance: string
  /** What plugins count. */
  readonly counters: PluginCounters
  /** Swaps apps and plugins. @throws TimhookError; then nothing has changed */
  reload(prepared: Prepared): Promise<PluginChanges>
  /** Rejects with the reason if after-callbacks cannot be stored now. */
  health(): Promise<void>
  /** The backlog, and the room of the store. */
  stats(): Promise<DeliveryStats>
  /** The history, opened by the first call and closed by `stop`. */
  history(): Promise<History>
  /** Why acknowledged callbacks may get lost; undefined if no reason is known. */
  durability(): string | undefined
  /**
   * Lets handlers finish for at most `graceMs` milliseconds, then closes the plugins.
   * @param failed whether a fault is the reason: calls under way are then suspects at the next start
   */
  stop(graceMs: number, failed?: boolean): Promise<{ undelivered: number; stored: boolean }>
}

/**
 * Loads the plugins of a config.
 * @throws ConfigError with every fault of the config and its plugins
 */
export async function prepare(reading: ConfigReading, notify?: Notify): Promise<Prepared> {
  const { plugins, disabled, faults, warnings } = await inspect(reading, notify)
  const lines = (list: readonly Fault[]): string[] => list.map((fault) => formatFault(fault, reading.locate))
  if (faults.length > 0 || !reading.config) throw new ConfigError(lines(faults))
  const mask = (text: string): string => maskText(text, reading.secrets)
  const masked = (value: unknown): unknown => maskConfig(value, reading.secrets)
  return { file: reading.file, config: reading.config, plugins, disabled, warnings: lines(warnings), mask, masked }
}

/** Warnings for the operator: possible mistakes, and apps that accept unsigned callbacks. */
export function warningsOf({ config, warnings }: Prepared): string[] {
  const unsigned = config.apps.filter((app) => app.unsigned)
  return [
    ...warnings,
    ...unsigned.map(
      ({ sdkAppId }) => `app ${sdkAppId} is UNSIGNED: whoever knows the SdkAppid can send callbacks; set its tokens`,
    ),
  ]
}

/** Opens the engine, sets up the plugins and connects everything. */
export async function compose(
  prepared: Prepared,
  {
    bus,
    log,
    signal,
    waitMs,
    clock = systemClock,
    rest: givenRest,
    newId,
  }: {
    bus: Bus
    log: Logger
    signal?: AbortSignal | undefined
    /** How long to wait for a store that another server uses, milliseconds. */
    waitMs?: number | undefined
    clock?: Clock
    /** Used instead of the clients of the config's apps. */
    rest?: (sdkAppId: number) => Rest
    newId?: DispatchDeps['newId']
  },
): Promise<Running> {
  const { config, plugins, mask } = prepared
  const stopping = new AbortController()
  const disabled = [...prepared.disabled]
  await connectTracing()
  // Only the admin listener reads the history of a running server.
  const deps = { bus, log, clock, waitMs, signal, keepsHistory: config.admin !== false }
  const engine = await unlessAborted(openEngine(config.delivery, deps), signal)
  const { stores } = engine
  try {
    const restClients = (apps: Config['apps']): ((sdkAppId: number) => Rest) =>
      givenRest ?? createRestClients(apps, bus, stopping.signal)
    const rest = restClients(config.apps)
    const counters = new PluginCounters()
    const instance = instanceName()
    const setUp = { bus, counters, instance, log, stores, signal: stopping.signal }
    const interruptible = { ...setUp, interrupted: signal }
    const running = await setUpPlugins(plugins, { ...interruptible, apps: appSettings(config.apps), rest, mask })
    const registry = createRegistry(running.map(({ plugin }) => plugin))
    const delivery = await started(engine.createDelivery(registry, disabled), running, signal)
    const authenticator = createAuthenticator(credentialsOf(config.apps))
    const host = new PluginHost(running, { ...prepared, apps: config.apps }, rest, {
      registry,
      swapDelivery: (ids, replace) => delivery.swap(ids, replace),
      swapApps: (apps) => authenticator.replace(credentialsOf(apps)),
      restClients,
      setUp: { ...setUp, interrupted: stopping.signal },
    })
    const { deadlineMs, maxInFlight, path } = config.server
    return {
      authenticator,
      paths: typeof path === 'string' ? [path] : path,
      registry,
      dispatch: createDispatch({ registry, delivery, bus, deadlineMs, maxInFlight, clock, ...(newId && { newId }) }),
      recordRefused: createRecordRefused(delivery, bus),
      stores,
      counters,
      instance,
      reload(next) {
        disabled.splice(0, disabled.length, ...next.disabled)
        return host.reload({ ...next, apps: next.config.apps })
      },
      health: () => delivery.health(),
      stats: () => delivery.stats(),
      history: () => engine.history(),
      durability: () => engine.durability?.(),
      async stop(graceMs, failed = false) {
        const { undelivered, settled } = await delivery.stop(graceMs)
        stopping.abort(new Error('the server stops'))
        await host.close()
        await engine.close(endingOf(failed, settled))
        return { undelivered, stored: config.delivery.engine !== 'memory' }
      },
    }
  } catch (error) {
    await engine.close('failed')
    throw error
  }
}

function credentialsOf(apps: Config['apps']): AppCredentials[] {
  return apps.map((app) => ({ ...app, sdkAppId: Number(app.sdkAppId) }))
}

function endingOf(failed: boolean, settled: boolean): Ending {
  if (failed) return 'failed'
  return settled ? 'clean' : 'unsettled'
}

async function started(
  delivery: Delivery,
  plugins: readonly SetUpPlugin[],
  signal: AbortSignal | undefined,
): Promise<Delivery> {
  try {
    await unlessAborted(delivery.start(), signal)
    return delivery
  } catch (error) {
    await closePlugins(plugins)
    throw error
  }
}
