import type { Bus } from '../observe/bus.ts'
import { TimhookError } from '../errors.ts'
import type { LoadedPlugin } from './load.ts'
import { allOf, EVERY, observe } from './observe-spec.ts'
import type { Logger } from '../observe/log.ts'
import type { PluginCounters } from '../observe/plugin-counters.ts'
import type { AppSettings } from '../plugin-api/plugin-command.ts'
import type { CircuitState, Isolation, RunningPlugin } from '../registry.ts'
import type { Rest } from '../rest/calls/rest.ts'
import { loggableError, reasonOf } from '../observe/loggable-error.ts'
import type { Stores } from '../store/store.ts'
import { isObject } from '../lib/json.ts'
import { NOTICE_MS, TimeoutError, unlessAborted, withNotice } from '../lib/timeout.ts'

/** How many targets with an open circuit are remembered. */
const MAX_TARGETS = 1000

export interface SetUpDeps {
  readonly bus: Bus
  readonly counters: PluginCounters
  readonly log: Logger
  readonly stores: Stores
  readonly instance: string
  readonly apps: readonly AppSettings[]
  readonly rest: (sdkAppId: number) => Rest
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
  /** Aborts the setup. */
  readonly interrupted?: AbortSignal | undefined
  /** Masks the secrets of the config in a text. */
  readonly mask: (text: string) => string
}

/** A plugin that is set up, with its entry of the config. */
export interface SetUpPlugin {
  readonly entry: LoadedPlugin
  readonly plugin: RunningPlugin
  /** Fires its signal and closes it. Never rejects. */
  close(): Promise<void>
}

/**
 * Sets plugins up one after another, in config order.
 * @throws TimhookError PLUGIN_SETUP_FAILED after closing the plugins that were already set up
 */
export async function setUpPlugins(loaded: readonly LoadedPlugin[], deps: SetUpDeps): Promise<SetUpPlugin[]> {
  const all: SetUpPlugin[] = []
  try {
    for (const entry of loaded) all.push(await setUpPlugin(entry, deps))
    return all
  } catch (error) {
    await closePlugins(all)
    throw error
  }
}

/** Closes plugins, the last one first, even if some fail. */
export async function closePlugins(plugins: readonly SetUpPlugin[]): Promise<void> {
  for (const plugin of plugins.toReversed()) await plugin.close()
}

async function setUpPlugin(entry: LoadedPlugin, deps: SetUpDeps): Promise<SetUpPlugin> {
  const { id, plugin, file, only, specs, isolation } = entry
  const options = entry.options as object
  const log = deps.log.child({ plugin: id })
  const circuit = new Circuit(isolation)
  const given = {
    options,
    log,
    store: deps.stores.of(id),
    rest: deps.rest,
    emit: emitterOf(id, deps.bus, circuit),
    count: deps.counters.define({ id, plugin: plugin.name }, plugin.metrics ?? {}, (fault) => log.warn(fault)),
  }
  const ending = new AbortController()
  const signal = AbortSignal.any([deps.signal, ending.signal])
  let state: unknown
  try {
    const setUp = async (): Promise<unknown> => plugin.setup?.({ ...given, options, apps: deps.apps, signal })
    state = await withNotice(unlessAborted(setUp(), deps.interrupted), entry.limits.setupMs, () =>
      log.warn(`plugin ${id}: setup has not settled after ${NOTICE_MS / 1000} s`),
    )
  } catch (error) {
    ending.abort(error)
    throw setupFailed(entry, error, deps.mask)
  }
  const { store, count } = given
  const unobserve = observe(plugin, id, deps.bus, { state, options, log, store, count })
  return {
    entry,
    plugin: {
      id,
      file,
      state,
      instance: deps.instance,
      ...given,
      circuit,
      only,
      handlers: specs,
      ...(isolation && { isolation }),
    },
    close() {
      ending.abort(new Error('the plugin is closed'))
      unobserve()
      return closeOne(entry, state, log)
    },
  }
}

/** What a plugin has emitted about its circuit breaker since it was set up. */
class Circuit implements CircuitState {
  readonly #isolation: Isolation | undefined
  #open: Set<unknown> | undefined
  #restarts = 0

  constructor(isolation: Isolation | undefined) {
    this.#isolation = isolation
  }

  get isOpen(): boolean | undefined {
    this.#forgetIfRestarted()
    return this.#open && this.#open.size > 0
  }

  update(data: unknown): void {
    if (!isObject(data) || typeof data['open'] !== 'boolean') return
    this.#forgetIfRestarted()
    this.#open ??= new Set()
    const { open, target } = data
    if (!open) this.#open.delete(target)
    else if (this.#open.size < MAX_TARGETS) this.#open.add(target)
  }

  /** A thread or process that was started again knows nothing of a target. */
  #forgetIfRestarted(): void {
    const { restarts = 0 } = this.#isolation?.health() ?? {}
    if (restarts !== this.#restarts) this.#open = undefined
    this.#restarts = restarts
  }
}

function emitterOf(id: string, bus: Bus, circuit: Circuit): (name: string, data: unknown) => void {
  const all = allOf(id)
  return (name, data) => {
    if (name === 'circuit') circuit.update(data)
    bus.emit(`plugin:${id}:${name}`, data)
    for (const many of [all, EVERY] as const)
      if (bus.hasListeners(many)) bus.emit(many, { name: `plugin:${id}:${name}`, data })
  }
}

function setupFailed({ id, limits }: LoadedPlugin, error: unknown, mask: (text: string) => string): TimhookError {
  const reason =
    error instanceof TimeoutError
      ? `setup did not settle within setupTimeoutMs, ${limits.setupMs} ms`
      : mask(reasonOf(error))
  return new TimhookError('PLUGIN_SETUP_FAILED', `plugin ${id} could not be set up: ${reason}`, { cause: error })
}

/** Closes a plugin. Gives up on one that does not close. */
async function closeOne({ id, plugin, limits }: LoadedPlugin, state: unknown, log: Logger): Promise<void> {
  if (!plugin.close) return
  const close = async (): Promise<void> => plugin.close?.(state)
  const says = `plugin ${id}: close has not settled after`
  try {
    await withNotice(close(), limits.closeMs, () => log.warn(`${says} ${NOTICE_MS / 1000} s`))
  } catch (error) {
    if (error instanceof TimeoutError) log.error(`${says} closeTimeoutMs, ${limits.closeMs} ms; it is left alone`)
    else log.error({ error: loggableError(error) }, `plugin ${id}: close failed`)
  }
}
