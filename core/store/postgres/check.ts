import type { ClientBase } from 'pg'
import { TimhookError } from '../../errors.ts'
import { readOnly } from './fault.ts'

const OLDEST = 130_000
/** The settings that this session needs, besides a server that keeps its files intact: see `inspect`. */
const WAITS_FOR_DISK: readonly unknown[] = ['on', 'remote_apply']

const INSPECT = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
  pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
  current_setting('synchronous_commit') AS synchronous_commit, current_setting('server_encoding') AS encoding`

interface Inspected {
  readonly version: number
  readonly name: string
  readonly is_read_only: boolean
  readonly fsync: string
  readonly full_page_writes: string
  readonly synchronous_commit: string
  readonly encoding: string
}

/**
 * Everything is read by its key. Without these a plan that was made for an empty table, and is kept for a full one, reads
 * all of it.
 */
const BY_KEY = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']
  .map((name) => `SET ${name} = off`)
  .concat('SET plan_cache_mode = force_generic_plan')
  .join('; ')

/**
 * Checks the server of a new connection, and returns every reason why it may lose acknowledged writes, one phrase each.
 * Its session waits until each commit is on disk, here and on a synchronous standby if there is one; with `relaxed` it
 * waits for what the server is set to. Connections of a pooler cannot be set up: there the server's settings count.
 * @throws TimhookError STORE_UNSUITABLE if timhook cannot work with this server; STORE_NOT_DURABLE in mode strict
 */
export async function inspect(
  client: Pick<ClientBase, 'query'>,
  place: string,
  { mode, isPooled }: { mode: 'strict' | 'relaxed'; isPooled: boolean },
): Promise<string[]> {
  const [found] = (await client.query<Inspected>(INSPECT)).rows
  if (!found) throw new TimhookError('STORE_UNSUITABLE', `PostgreSQL at ${place} does not show its settings`)
  if (found.version < OLDEST) {
    throw new TimhookError('STORE_UNSUITABLE', `PostgreSQL at ${place} is version ${found.name}`, {
      hint: 'timhook needs PostgreSQL 13 or later.',
    })
  }
  if (found.encoding !== 'UTF8') {
    throw new TimhookError('STORE_UNSUITABLE', `the database at ${place} has the encoding ${found.encoding}`, {
      hint: "Create one with UTF8: CREATE DATABASE timhook ENCODING 'UTF8' TEMPLATE template0.",
    })
  }
  if (found.is_read_only) throw readOnly(`PostgreSQL at ${place}`)
  const faults = (['fsync', 'full_page_writes'] as const).flatMap((name) =>
    found[name] === 'on' ? [] : [`${name} is ${found[name]}`],
  )
  if (!WAITS_FOR_DISK.includes(found.synchronous_commit)) {
    if (mode === 'strict' && !isPooled) await client.query('SET synchronous_commit = on')
    else faults.push(`synchronous_commit is ${found.synchronous_commit}`)
  }
  if (!isPooled) await client.query(`SET default_transaction_isolation = 'read committed'; ${BY_KEY}`)
  if (faults.length === 0 || mode === 'relaxed') return faults
  throw new TimhookError('STORE_NOT_DURABLE', `PostgreSQL may lose what it has acknowledged: ${faults.join(', ')}`, {
    hint: 'Set fsync, full_page_writes and synchronous_commit to on in postgresql.conf, or accept the risk with delivery.postgres.durability: relaxed.',
  })
}
