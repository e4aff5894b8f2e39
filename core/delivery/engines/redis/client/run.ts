import { readFileSync } from 'node:fs'
import type { RedisClient } from '../../../../store/redis/client.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import { runScript, script, type Script } from '../../../../store/redis/script.ts'

/** The part of the connection that the engine needs. */
export type Connection = Pick<RedisClient, 'client' | 'prefix' | 'duplicate'>

/**
 * Runs a script.
 * @throws TimhookError, which never quotes an argument
 */
export type Run = <T>(script: Script, keys: readonly string[], ...args: readonly (string | number)[]) => Promise<T>

export function createRun(connection: Pick<Connection, 'client'>): Run {
  return async <T>(script: Script, keys: readonly string[], ...args: readonly (string | number)[]): Promise<T> => {
    try {
      return (await runScript(connection, script, keys, args)) as T
    } catch (error) {
      throw redisFault(error)
    }
  }
}

const COMMON = readFileSync(new URL('common.lua', import.meta.url), 'utf8')

/**
 * Reads a script next to a module. Its first line has the flags; common.lua comes after that.
 * @param from the module's `import.meta.url`
 */
export function loadScript(name: string, from: string): Script {
  const text = readFileSync(new URL(name, from), 'utf8')
  const end = text.indexOf('\n') + 1
  return script(text.slice(0, end) + COMMON + text.slice(end))
}
