import type { RedisClient } from '../../../../store/redis/client.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import { runScript, type Script } from '../../../../store/redis/script.ts'

/** What the engine needs of the connection. */
export type Connection = Pick<RedisClient, 'client' | 'prefix' | 'duplicate'>

/**
 * Runs a script. All of ours take the prefix as their first argument and make up their keys themselves: which ones they
 * touch depends on what they find.
 * @throws TimhookError, never with an argument in it
 */
export type Run = <T>(script: Script, ...args: readonly (string | number)[]) => Promise<T>

export function createRun(connection: Pick<Connection, 'client' | 'prefix'>): Run {
  return async <T>(script: Script, ...args: readonly (string | number)[]): Promise<T> => {
    try {
      return (await runScript(connection, script, [], [connection.prefix, ...args])) as T
    } catch (error) {
      throw redisFault(error)
    }
  }
}
