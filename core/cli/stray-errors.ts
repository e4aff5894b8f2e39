import type { TimhookServer } from '../server.ts'

/**
 * What a plugin leaves unhandled is not to take the others down: a rejection is logged. An exception out of nowhere may
 * have left anything half done, so the process ends for its supervisor to start anew, once what is under way is finished.
 */
export function outliveStrayErrors(server: TimhookServer): void {
  process.on('unhandledRejection', (error) => server.bus.emit('server:failed', { error, stray: true }))
  process.on('uncaughtException', (error) => {
    server.bus.emit('server:failed', { error, stray: true })
    endFailed(server)
  })
  // Without its store it could only refuse: before-callbacks too are decided better by a new process.
  server.bus.on('store:lost', () => endFailed(server))
}

function endFailed(server: TimhookServer): void {
  const end = (): void => process.exit(1)
  server.stop({ drainMs: 0, failed: true }).then(end, end)
}
