import { readFileSync } from 'node:fs'
import type { RedisClient } from '../../../../store/redis/client.ts'
import { runScript, script as scriptOf, type Script } from '../../../../store/redis/script.ts'
import { partitionKey } from './keys.ts'

/** The part of the connection that the engine needs. */
export type Connection = Pick<RedisClient, 'client' | 'prefix' | 'duplicate'>

const COMMON = readFileSync(new URL('common.lua', import.meta.url), 'utf8')

/**
 * Reads a script next to a module. Its first line has the flags; common.lua comes after that.
 * @param from the module's `import.meta.url`
 */
export function loadScript(name: string, from: string): Script {
  const text = readFileSync(new URL(name, from), 'utf8')
  const end = text.indexOf('\n') + 1
  return scriptOf(text.slice(0, end) + COMMON + text.slice(end))
}

/**
 * Runs a script whose KEYS are partitions.
 * @throws TimhookError, which never quotes an argument
 */
export function runIn<T>(
  connection: Connection,
  partitions: readonly (number | string)[],
  script: Script,
  args: readonly (string | number)[],
): Promise<T> {
  const keys = partitions.map((n) => partitionKey(connection.prefix, n))
  return runScript(connection, script, keys, args)
}

/** The clock of Redis, milliseconds since 1970. */
export async function nowOf({ client }: Connection): Promise<number> {
  const [seconds, microseconds] = await client.time()
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
}
