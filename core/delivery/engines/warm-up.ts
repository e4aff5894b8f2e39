import { SqliteClient } from './sqlite/client/sqlite-client.ts'

let warm: SqliteClient | undefined

/**
 * Starts what an engine needs long before it is opened: the thread of sqlite loads its code while the main thread loads
 * the rest of the server. The next engine that is opened takes it.
 */
export function warmUpEngine(engine: string): void {
  if (engine === 'sqlite') warm ??= new SqliteClient()
}

/** Returns the client whose thread was started early, if there is one. From then on it belongs to the caller. */
export function takeWarmClient(): SqliteClient | undefined {
  const client = warm
  warm = undefined
  return client
}
