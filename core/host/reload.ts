import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../../config/schema/schema.ts'
import { TimeoutError, withTimeout } from '../lib/timeout.ts'
import type { SwappableRegistry } from '../registry.ts'
import type { Rest } from '../rest/calls/rest.ts'
import { appSettings } from './app-settings.ts'
import type { LoadedPlugin } from './load.ts'
import { closePlugins, type SetUpDeps, type SetUpPlugin, setUpPlugins } from './setup.ts'

/** How long replaced plugins have to finish their calls, milliseconds. */
const GRACE_MS = 30_000

/** The parts of a checked config that can be swapped. */
export interface Swappable {
  readonly apps: Config['apps']
  readonly plugins: readonly LoadedPlugin[]
  /** Masks the secrets of the config in a text. */
  readonly mask: (text: string) => string
}

/** Ids of the plugins that a reload has changed. */
export interface PluginChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Plugins whose code has changed on disk. Until a restart they run the code that was loaded first. */
  readonly stale: readonly string[]
}

export interface ReloadDeps {
  readonly registry: SwappableRegistry
  /**
   * Delivers to these plugins from now on. Calls `replace` once the new ones can receive; rejects without that call if
   * they cannot.
   */
  readonly swapDelivery: (ids: readonly string[], replace: () => void) => Promise<void>
  /** Accepts the callbacks of these apps from now on. */
  readonly swapApps: (apps: Config['apps']) => void
  readonly restClients: (apps: Config['apps']) => (sdkAppId: number) => Rest
  readonly setUp: Omit<SetUpDeps, 'apps' | 'rest' | 'mask'>
}

/** The running plugins. A reload replaces them without a callback being refused. */
export class PluginHost {
  readonly #deps: ReloadDeps
  #running: readonly SetUpPlugin[]
  #config: Pick<Swappable, 'apps'>
  #rest: (sdkAppId: number) => Rest
  #last: Promise<unknown> = Promise.resolve()

  /** @param rest the REST clients that the plugins were set up with */
  constructor(running: readonly SetUpPlugin[], config: Swappable, rest: (sdkAppId: number) => Rest, deps: ReloadDeps) {
    this.#running = running
    this.#config = config
    this.#rest = rest
    this.#deps = deps
  }

  /**
   * Applies a config: sets up what is new or changed, swaps, and closes what was replaced once its calls have ended.
   * Reloads run one after another.
   * @throws TimhookError PLUGIN_SETUP_FAILED, or one of the store's; then nothing has changed
   */
  reload(next: Swappable): Promise<PluginChanges> {
    const reloading = this.#last.then(() => this.#reload(next))
    this.#last = reloading.catch(() => undefined)
    return reloading
  }

  /** Closes the plugins, after a reload that is under way. Abort the `signal` of the deps first. */
  async close(): Promise<void> {
    await this.#last
    await closePlugins(this.#running)
  }

  async #reload(next: Swappable): Promise<PluginChanges> {
    const { registry, swapDelivery, swapApps, restClients, setUp } = this.#deps
    // A plugin may keep what it was told about the apps, so it is set up again when that changes.
    const isAppsChanged = !isDeepStrictEqual(seenByPlugins(this.#config.apps), seenByPlugins(next.apps))
    const rest = isAppsChanged ? restClients(next.apps) : this.#rest
    const isSame = (entry: LoadedPlugin): boolean =>
      !isAppsChanged && this.#running.some((running) => isSameEntry(running.entry, entry))
    const fresh = await setUpPlugins(
      next.plugins.filter((entry) => !isSame(entry)),
      { ...setUp, rest, apps: appSettings(next.apps), mask: next.mask },
    )
    const all = next.plugins.flatMap(({ id }) => byId(fresh, id) ?? byId(this.#running, id) ?? [])
    let replaced = async (): Promise<void> => undefined
    try {
      setUp.signal.throwIfAborted()
      const ids = all.map(({ entry }) => entry.id)
      await swapDelivery(ids, () => {
        replaced = registry.replace(all.map(({ plugin }) => plugin))
        swapApps(next.apps)
      })
    } catch (error) {
      await closePlugins(fresh)
      throw error
    }
    const before = this.#running
    this.#running = all
    this.#config = next
    this.#rest = rest
    await this.#closeReplaced(
      before.filter((plugin) => !all.includes(plugin)),
      replaced(),
    )
    return {
      added: fresh.filter(({ entry }) => !byId(before, entry.id)).map(({ entry }) => entry.id),
      changed: fresh.filter(({ entry }) => byId(before, entry.id)).map(({ entry }) => entry.id),
      removed: before.filter(({ entry }) => !byId(all, entry.id)).map(({ entry }) => entry.id),
      stale: next.plugins
        .filter(({ id, code, isolation }) => !isolation && isStale(byId(before, id), code))
        .map(({ id }) => id),
    }
  }

  async #closeReplaced(plugins: readonly SetUpPlugin[], idle: Promise<void>): Promise<void> {
    try {
      await withTimeout(idle, GRACE_MS)
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error
      this.#deps.setUp.log.warn(`handlers of plugins that were replaced still run after ${GRACE_MS / 1000} s`)
    }
    await closePlugins(plugins)
  }
}

/** Code in this process is loaded once. A separate thread or process loads it again, and the old one has to end. */
function isSameEntry(running: LoadedPlugin, entry: LoadedPlugin): boolean {
  if (!running.isolation || !entry.isolation) return isDeepStrictEqual({ ...running, code: '' }, { ...entry, code: '' })
  const { id, only, limits } = entry
  // A reload is how a person retries a parked plugin.
  if (running.isolation.health().state === 'parked') return false
  return (
    running.id === id &&
    isDeepStrictEqual(running.isolation.source, entry.isolation.source) &&
    isDeepStrictEqual({ only: running.only, limits: running.limits }, { only, limits })
  )
}

function isStale(running: SetUpPlugin | undefined, code: string | undefined): boolean {
  return running !== undefined && !running.entry.isolation && running.entry.code !== code
}

function byId(plugins: readonly SetUpPlugin[], id: string): SetUpPlugin | undefined {
  return plugins.find(({ entry }) => entry.id === id)
}

/** What plugins can know about the apps. */
function seenByPlugins(apps: Config['apps']): unknown {
  return apps.map(({ sdkAppId, unsigned, rest }) => ({ sdkAppId: String(sdkAppId), unsigned, rest }))
}
