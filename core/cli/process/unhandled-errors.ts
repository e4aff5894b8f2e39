import { commands } from '../../protocol/commands.ts'
import type { TimhookServer } from '../../server.ts'
import { fileOfStack } from '../../lib/stack.ts'
import { callsIn, cells } from '../../watchdog/calls.ts'

/**
 * An unhandled rejection of a plugin must not stop the other plugins, so it is logged. An uncaught exception may have left
 * anything in an inconsistent state, so the process drains and exits, and its supervisor starts a new one.
 */
export function handleUnhandledErrors(server: TimhookServer): void {
  process.on('unhandledRejection', (error) => {
    server.bus.emit('server:failed', { error, stray: true, ...originOf(error, server) })
  })
  process.on('uncaughtException', (error) => {
    server.bus.emit('server:failed', { error, stray: true, ...originOf(error, server) })
    endFailed(server)
  })
  // Without its store this process cannot accept callbacks; a new one may.
  server.bus.on('store:lost', ({ isOpen }) => (isOpen ? endLost(server) : endFailed(server)))
}

/** How long the exit may take after draining, with a copy of a large file. */
const LOST_MS = 30_000

/** Delivers stored callbacks for as long as a stop would. */
function endLost(server: TimhookServer): void {
  end(server, {})
}

function endFailed(server: TimhookServer): void {
  end(server, { drainMs: 0, failed: true })
}

function end(server: TimhookServer, options: Parameters<TimhookServer['stop']>[0]): void {
  const exit = (): void => process.exit(1)
  server.bus.on('server:draining', ({ drainMs }) => void setTimeout(exit, drainMs + LOST_MS))
  server.stop(options).then(exit, exit)
}

interface Origin {
  plugin?: string
  command?: string
  callback?: string
}

/** Finds the plugin whose file the error comes from, and its callback if only one is under way. */
function originOf(error: unknown, { running }: TimhookServer): Origin {
  const { plugins, ids } = running.registry
  const { stack } = error instanceof Error ? error : {}
  const file = fileOfStack(
    stack,
    plugins.flatMap((plugin) => plugin.file ?? []),
  )
  if (file === undefined) return {}
  const suspects = plugins.flatMap(({ file: own, id }) => (own === file ? [ids.indexOf(id)] : []))
  const calls = callsIn(cells).waiting.filter(({ plugin }) => suspects.includes(plugin))
  const [call, ...others] = calls
  const index = call && others.length === 0 ? call.plugin : suspects.length === 1 ? suspects[0] : undefined
  const plugin = ids[index ?? -1]
  if (plugin === undefined) return {}
  if (!call || others.length > 0) return { plugin }
  const command = [...commands.keys()][call.command]
  return { plugin, callback: call.id, ...(command !== undefined && { command }) }
}
