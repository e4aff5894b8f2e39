import type { Bus } from './bus.ts'
import { TimhookError } from './errors.ts'
import type { LoadedPlugin } from './load.ts'
import type { Logger } from './log.ts'
import type { AppSettings } from './plugin-command.ts'
import type { RunningPlugin } from './registry.ts'
import type { Rest } from './rest/rest.ts'
import { loggableError } from './scrub.ts'
import type { Stores } from './store/store.ts'

interface Parts {
  readonly bus: Bus
  readonly log: Logger
  readonly stores: Stores
  readonly apps: readonly AppSettings[]
  readonly rest: (sdkAppId: number) => Rest
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
}

/** The plugins that are set up, and how to close them. */
export interface Running {
  readonly plugins: readonly RunningPlugin[]
  /** Closes every plugin, the last one first, whatever the others do. */
  close(): Promise<void>
}

/**
 * Sets the plugins up one after another, in config order.
 * @throws TimhookError PLUGIN_SETUP_FAILED, once those that were set up before it are closed
 */
export async function setUpPlugins(loaded: readonly LoadedPlugin[], parts: Parts): Promise<Running> {
  const plugins: RunningPlugin[] = []
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  for (const one of loaded) {
    const { id, plugin } = one
    const options = one.options as object
    const log = parts.log.child({ plugin: id })
    const given = {
      options,
      log,
      store: parts.stores.of(id),
      rest: parts.rest,
      emit: (name: string, data: unknown) => parts.bus.emit(`plugin:${id}:${name}`, data),
    }
    let state: unknown
    try {
      state = await plugin.setup?.({ ...given, options, apps: parts.apps, signal: parts.signal })
    } catch (error) {
      await close()
      throw new TimhookError(
        'PLUGIN_SETUP_FAILED',
        `plugin ${id} could not be set up: ${loggableError(error).message}`,
        {
          cause: error,
        },
      )
    }
    closers.push(async () => {
      try {
        await plugin.close?.(state)
      } catch (error) {
        log.error({ error: loggableError(error) }, 'close failed')
      }
    })
    plugins.push({ id, state, ...given, only: one.only, handlers: one.specs })
  }
  return { plugins, close }
}
