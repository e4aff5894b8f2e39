import type { RedisClient } from '../../../../store/redis/client.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import { runScript, type Script } from '../../../../store/redis/script.ts'

/** The part of the connection that the engine needs. */
export type Connection = Pick<RedisClient, 'client' | 'prefix' | 'duplicate'>

/**
 * Runs a script. Each script takes the prefix as its first argument and builds its keys itself, because the keys depend
 * on what it finds.
 * @throws TimhookError, which never quotes an argument
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
