import type { Prepared } from '../../runtime.ts'
import { suspectFileOf } from '../../delivery/engines/sqlite/file/suspect-file.ts'
import type { Logger } from '../../observe/log.ts'
import { commands } from '../../protocol/commands.ts'
import type { TimhookServer } from '../../server.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'

/** Starts a thread that watches the event loop of a listening server until it drains. */
export function watchLoop({ bus, running }: TimhookServer, { config }: Prepared, log: Logger): void {
  const start = (): (() => void) =>
    startWatchdog({
      stallMs: config.server.stallMs,
      plugins: running.registry.ids,
      commands: [...commands.keys()],
      suspectFile: suspectFileOf(config.delivery),
      onHeld: (held) => bus.emit('loop:held', held),
      onFailed: (error) => log.warn({ error: error.message }, 'the watchdog of the event loop has ended'),
    })
  let stop = start()
  // The thread has to know the names of new plugins.
  const restart = bus.on('config:reloaded', ({ added }) => {
    if (added.length === 0) return
    stop()
    stop = start()
  })
  bus.on('server:draining', () => {
    restart()
    stop()
  })
}
