import type { Prepared } from '../../runtime.ts'
import { suspectFileOf } from '../../delivery/engines/sqlite/file/suspect-file.ts'
import type { Logger } from '../../observe/log.ts'
import { commands } from '../../protocol/commands.ts'
import type { TimhookServer } from '../../server.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'

/** Starts a thread that watches the event loop of a listening server until it drains. */
export function watchLoop({ bus, running }: TimhookServer, { config }: Prepared, log: Logger): void {
  const stop = startWatchdog({
    stallMs: config.server.stallMs,
    plugins: running.registry.plugins.map(({ id }) => id),
    commands: [...commands.keys()],
    suspectFile: suspectFileOf(config.delivery),
    onHeld: (held) => bus.emit('loop:held', held),
    onFailed: (error) => log.warn({ error: error.message }, 'the watchdog of the event loop has ended'),
  })
  bus.on('server:draining', stop)
}
