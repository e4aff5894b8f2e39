import { Client, type ClientBase, type ClientConfig, TypeOverrides, types } from 'pg'
import { TimhookError } from '../../errors.ts'
import { isLost } from './fault.ts'
import type { Target } from './options.ts'

const CONNECT_MS = 2000
/** How often the two connections are compared, because other clients of the pooler may interfere. */
const ROUNDS = 3

/** Creates connections to the first host that accepts writes; goes on to the next one when a connection fails. */
export interface Sessions {
  readonly place: string
  readonly options: ClientConfig
  /** For a pool. */
  readonly Client: new () => Client
  /** This server does not accept writes, so the next connection goes to another one. */
  leave(client: ClientBase): void
  connect(): Promise<Client>
}

export function createSessions({ hosts, user, password, database, ssl, place }: Target): Sessions {
  let current = 0
  const hostOf = new WeakMap<ClientBase, number>()
  const leave = (client: ClientBase): void => {
    // Several connections fail together. Only the first one goes on to the next host, for all of them.
    if (hostOf.get(client) === current) current = (current + 1) % hosts.length
  }
  const overrides = new TypeOverrides()
  // Our whole numbers are times, counts and positions, far below 2^53.
  overrides.setTypeParser(types.builtins.INT8, Number)
  const options: ClientConfig = {
    user,
    password: () => password,
    database,
    ssl: ssl && { ...ssl },
    application_name: 'timhook',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: overrides,
  }
  class HostClient extends Client {
    constructor() {
      super({ ...options, ...hosts[current] })
      hostOf.set(this, current)
      this.on('error', (error) => void (isLost(error) && leave(this)))
    }
    override connect(): Promise<Client>
    override connect(callback: (error: Error | null) => void): void
    override connect(callback?: (error: Error | null) => void): Promise<Client> | void {
      if (!callback) return new Promise((resolve, reject) => this.connect((e) => (e ? reject(e) : resolve(this))))
      super.connect((error: Error | null) => {
        if (error) leave(this)
        callback(error)
      })
    }
  }
  return {
    place,
    options,
    Client: HostClient,
    leave,
    async connect() {
      const client = new HostClient()
      return client.connect()
    },
  }
}

/**
 * Whether a pooler, such as PgBouncer, gives a connection another session for each transaction: then two connections
 * that are open at once have the same one, or one of them has two.
 * @throws TimhookError STORE_UNSUITABLE if each statement gets its own
 */
export async function isTransactionPooled(sessions: Sessions): Promise<boolean> {
  const first = await sessions.connect()
  try {
    const second = await sessions.connect()
    try {
      const before = await pidOf(first)
      for (let round = 0; round < ROUNDS; round++) {
        await second.query('BEGIN')
        const [held, after] = [await pidOf(second), await pidOf(first)]
        await second.query('COMMIT')
        if (held === before || after !== before) return true
      }
      return false
    } catch (error) {
      if ((error as { code?: unknown }).code !== '08P01') throw error
      throw new TimhookError('STORE_UNSUITABLE', `the pooler at ${sessions.place} does not allow transactions`, {
        hint: 'Set pool_mode = transaction or session in pgbouncer.ini, or name PostgreSQL itself.',
      })
    } finally {
      await second.end()
    }
  } finally {
    await first.end()
  }
}

async function pidOf(client: Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
}
