import type { TimhookServer } from '../../server.ts'
import type { StopSignal } from '../process/stop-on-signals.ts'

/** SIGTERM drains first. SIGINT, a person's Ctrl-C, does not wait for clients to leave. Resolves to the exit status. */
export async function stopServer(server: TimhookServer, signal: StopSignal): Promise<number> {
  await server.stop(signal === 'SIGINT' ? { drainMs: 0 } : {})
  return 0
}
