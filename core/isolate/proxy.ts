import type { Context } from '../host/context.ts'
import type { CommandContext, ObserverContext, Plugin, PluginCommand } from '../plugin.ts'
import type { HandlerSpec, Pool } from '../registry.ts'
import type { Description } from './wire/messages.ts'
import type { Supervisor } from './supervisor.ts'

/** The handlers of a plugin that runs elsewhere, for the registry. */
export function specsOf({ specs, pools }: Description, supervisor: Supervisor): ReadonlyMap<string, HandlerSpec> {
  const shared: Pool[] = pools.map((concurrency) => ({ concurrency }))
  const handle = (context: Context): unknown => supervisor.call(context)
  return new Map(
    specs.map(([pattern, { pool, ...spec }]): [string, HandlerSpec] => [
      pattern,
      { ...spec, handle, pool: shared[pool] ?? { concurrency: 1 } },
    ]),
  )
}

/** A plugin that runs elsewhere, in the form that the host expects. */
export function pluginOf(
  description: Description,
  supervisor: Supervisor,
  runView: (name: string, context: CommandContext) => Promise<unknown>,
): Plugin {
  const { name, observes, commands, metrics } = description
  return {
    name,
    ...(description.description !== undefined && { description: description.description }),
    ...(metrics && { metrics }),
    setup: (context) => supervisor.setUp(context),
    handlers: {},
    observe: Object.fromEntries(
      observes.map((on) => [
        on,
        (event: unknown, context: ObserverContext) => supervisor.observe(on, context.name, event),
      ]),
    ),
    close: () => supervisor.close(),
    commands: Object.fromEntries(
      Object.entries(commands).map(([key, command]) => [
        key,
        {
          ...(command as PluginCommand),
          // Only views run in the server. Other commands run in a separate process, which loads the plugin itself.
          run: (context) => runView(key, context) as ReturnType<PluginCommand['run']>,
        } satisfies PluginCommand,
      ]),
    ),
  }
}
