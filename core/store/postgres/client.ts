import { type Client, type ClientBase, escapeIdentifier, Pool, type PoolClient } from 'pg'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../../observe/log.ts'
import { inspect } from './check.ts'
import { isDeadlock, isLost, isRefusal, postgresFault } from './fault.ts'
import { listen } from './listen.ts'
import { type PostgresSettings, targetOf } from './options.ts'
import { createSessions, isTransactionPooled, type Sessions } from './sessions.ts'
import type { Queryable, Sql } from './sql.ts'

/** Connections to a PostgreSQL that has passed the check. They are replaced when they are lost. */
export interface PostgresClient extends Queryable {
  /** The schema of our tables, quoted for a statement. */
  readonly schema: string
  /** `faults`: why this PostgreSQL may lose acknowledged writes, such as `fsync is off`. */
  readonly durability: { readonly mode: 'strict' | 'relaxed'; readonly faults: readonly string[] }
  /** Whether there is a pooler that gives each transaction another session: then nobody can listen. */
  readonly isPooled: boolean
  /**
   * Fails at once while PostgreSQL is down. Never sends twice: after a lost reply nobody knows whether it was done. Only
   * what was rolled back to break a deadlock is run again. Its errors are TimhookErrors.
   */
  query: Queryable['query']
  /** Rolls back if `work` throws. */
  transaction<T>(work: (session: Queryable) => Promise<T>): Promise<T>
  /** Calls back with the payload of each notification, and with undefined if some may have been missed. */
  listen(channel: string, onNotification: (payload: string | undefined) => void): void
  /** Rejects with the reason if this PostgreSQL cannot be written to at the moment. */
  check(): Promise<void>
  close(): Promise<void>
}

/** The most connections of one process, not counting the one that listens. */
const MAX_CONNECTIONS = 10
const START_MS = 5000
const RETRY_MS = 100
/** A connection is given up when a reply is overdue by this long. */
const SILENT_MS = 10_000
const LOOK_MS = 2000
/** How often what PostgreSQL has ended to break a deadlock is run again. */
const MAX_REPEATS = 5
const GRACE_MS = 50

interface OpenOptions {
  readonly log: Logger
  /** The time limit for connecting, milliseconds. */
  readonly startMs?: number
  /** How long to wait for a reply, milliseconds. */
  readonly silentMs?: number
  /** Called once when PostgreSQL does not answer at once. The default logs it. */
  readonly onWaiting?: ((text: string) => void) | undefined
}

/**
 * Connects to PostgreSQL, and checks that it does not lose acknowledged writes.
 * @throws TimhookError STORE_UNREACHABLE, STORE_AUTH_FAILED, STORE_UNSUITABLE, STORE_NOT_DURABLE or CONFIG_INVALID
 */
export async function openPostgres(settings: PostgresSettings, options: OpenOptions): Promise<PostgresClient> {
  const { log, silentMs = SILENT_MS } = options
  const sessions = createSessions(targetOf(settings))
  const { place } = sessions
  const isPooled = await whenThere(sessions, options, () => isTransactionPooled(sessions))
  const state: { faults: readonly string[]; isAway: boolean; isClosed: boolean } = {
    faults: [],
    isAway: false,
    isClosed: false,
  }
  const mode = settings.durability
  // Any new connection may be to another server. The pool awaits this, though its types say otherwise.
  const checks = {
    async onConnect(client: ClientBase) {
      try {
        state.faults = await withinTime(client, silentMs, () => inspect(client, place, { mode, isPooled }))
      } catch (error) {
        sessions.leave(client)
        throw error
      }
    },
  }
  const pool = new Pool({
    ...sessions.options,
    Client: sessions.Client,
    max: MAX_CONNECTIONS,
    ...checks,
  })
  pool.on('error', () => undefined)

  const session = async <T>(work: (client: PoolClient) => Promise<T>, repeats = MAX_REPEATS): Promise<T> => {
    let client: PoolClient | undefined
    try {
      client = await pool.connect()
      const connected = client
      const result = await withinTime(
        connected,
        silentMs,
        () => work(connected),
        () => abandon(connected),
      )
      client.release()
      noteIsThere(true)
      return result
    } catch (error) {
      client?.release(isLost(error))
      if (isDeadlock(error) && repeats > 0) return session(work, repeats - 1)
      if (isLost(error) || !client) noteIsThere(false)
      throw postgresFault(error, place)
    }
  }
  /** A transaction whose end nobody awaits, such as one that waits for a standby, must free its connection. */
  const abandon = (client: PoolClient): void => {
    const { processID } = client as unknown as { processID: number | null }
    if (!isPooled) pool.query('SELECT pg_terminate_backend($1)', [processID]).catch(() => undefined)
  }
  const noteIsThere = (isThere: boolean): void => {
    if (state.isClosed || isThere !== state.isAway) return
    state.isAway = !isThere
    if (isThere) log.info(`PostgreSQL at ${place} is back`)
    else log.error(`PostgreSQL at ${place} is away: after-callbacks get 503 until it is back`)
  }

  const schema = escapeIdentifier(settings.schema)
  const texts = new WeakMap<Sql, string>()
  const textOf = (statement: Sql): string => {
    const text = texts.get(statement) ?? statement.text.replaceAll('{schema}', schema)
    texts.set(statement, text)
    return text
  }
  const on = (client: PoolClient): Queryable => ({
    async query<T extends object>(statement: Sql, values: readonly unknown[] = []) {
      const text = textOf(statement)
      // A statement prepared in another session does not exist here. Without a name and values there may be several.
      const query = { text, values: values.map(withoutNul), ...(!isPooled && { name: statement.name }) }
      return (await client.query<T>(query)).rows
    },
  })
  const look = async (): Promise<void> => {
    await session((client) => client.query('SELECT 1'))
  }
  await whenThere(sessions, options, look).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  if (state.faults.length > 0) {
    log.warn(`delivery.postgres.durability is relaxed: what is acknowledged may be lost (${state.faults.join(', ')})`)
  }
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS).unref()
  const stops: (() => Promise<void>)[] = []
  return {
    schema,
    isPooled,
    durability: {
      mode,
      get faults() {
        return state.faults
      },
    },
    query: (statement, values) => session((client) => on(client).query(statement, values)),
    transaction: (work) =>
      session(async (client) => {
        await client.query('BEGIN')
        try {
          const result = await work(on(client))
          await client.query('COMMIT')
          return result
        } catch (error) {
          if (!isLost(error)) await client.query('ROLLBACK')
          throw error
        }
      }),
    listen(channel, onNotification) {
      if (!isPooled) stops.push(listen(sessions, channel, onNotification))
    },
    check: look,
    async close() {
      if (state.isClosed) return
      state.isClosed = true
      clearInterval(timer)
      await Promise.all([pool.end(), ...stops.map((stop) => stop())])
    },
  }
}

/** Runs `work` once PostgreSQL can be reached. Rejects at once if waiting cannot help. */
async function whenThere<T>(
  { place }: Sessions,
  { log, startMs = START_MS, onWaiting = (text) => log.warn(text) }: OpenOptions,
  work: () => Promise<T>,
): Promise<T> {
  const endsAt = performance.now() + startMs
  let isTold = false
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const fault = postgresFault(error, place)
      const isFinal = isRefusal(error) && !(fault.code === 'STORE_UNSUITABLE' && place.includes(','))
      if (isFinal || performance.now() > endsAt) throw fault
      if (!isTold) onWaiting(`${fault.message}; trying for ${startMs / 1000} s`)
      isTold = true
      await delay(RETRY_MS)
    }
  }
}

/** A server that hangs does not close its connections: after `ms` this one is closed here. */
async function withinTime<T>(
  client: ClientBase,
  ms: number,
  work: () => Promise<T>,
  onLate: () => void = () => undefined,
): Promise<T> {
  // If this process itself was held up, the reply may already be there: it is read before the second timer.
  let timer = setTimeout(() => (timer = setTimeout(giveUp, GRACE_MS)), ms)
  const giveUp = (): void => {
    ;(client as Client).connection.stream.destroy(new Error('Query read timeout'))
    onLate()
  }
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}

/** Texts in PostgreSQL cannot contain NUL. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  return Array.isArray(value) ? value.map(withoutNul) : value
}
