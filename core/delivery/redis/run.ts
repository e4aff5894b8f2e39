import { createHash } from 'node:crypto'
import { type Redis, type RedisClient } from '../../store/redis-client.ts'
import { redisFault } from '../../store/redis-fault.ts'

/** What the engine needs of the connection. */
export type Connection = Pick<RedisClient, 'client' | 'prefix' | 'duplicate'>

/** Runs a script whose first argument is the prefix. @throws TimhookError, never with an argument in it */
export type Run = <T>(lua: string, ...args: readonly (string | number)[]) => Promise<T>

const shas = new Map<string, string>()

export function createRun({ client, prefix }: Pick<Connection, 'client' | 'prefix'>): Run {
  return async <T>(lua: string, ...args: readonly (string | number)[]): Promise<T> => {
    try {
      return (await evaluate(client, lua, [prefix, ...args])) as T
    } catch (error) {
      throw redisFault(error)
    }
  }
}

async function evaluate(client: Redis, lua: string, args: (string | number)[]): Promise<unknown> {
  try {
    return await client.evalsha(shaOf(lua), 0, ...args)
  } catch (error) {
    // A Redis that was started anew knows no script.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.eval(lua, 0, ...args)
  }
}

function shaOf(lua: string): string {
  const known = shas.get(lua) ?? createHash('sha1').update(lua).digest('hex')
  shas.set(lua, known)
  return known
}
