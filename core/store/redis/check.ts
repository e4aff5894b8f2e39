import { TimhookError } from '../../errors.ts'

/** The part of a client that the check needs. */
interface Client {
  info(): Promise<string>
  config(subcommand: 'GET', ...names: string[]): Promise<unknown>
}

const OLDEST = 7
/** A setting of a durable Redis, and the field of INFO that shows it if CONFIG is not allowed. */
const WANTED = [
  { name: 'appendonly', value: 'yes', field: 'aof_enabled', fieldValue: '1' },
  { name: 'appendfsync', value: 'always' },
  { name: 'no-appendfsync-on-rewrite', value: 'no' },
  { name: 'maxmemory-policy', value: 'noeviction', field: 'maxmemory_policy', fieldValue: 'noeviction' },
] as const

/**
 * Checks the settings of Redis. Returns every reason why it may lose acknowledged writes, one phrase each.
 * @throws TimhookError STORE_UNSUITABLE if timhook cannot work with this Redis; STORE_NOT_DURABLE in mode strict
 */
export async function inspectRedis(client: Client, mode: 'strict' | 'relaxed'): Promise<string[]> {
  const info = parseInfo(await client.info())
  refuseUnsuitable(info)
  const config = await readConfig(client)
  const faults = WANTED.flatMap((wanted) => faultOf(wanted, config, info))
  if (faults.length === 0 || mode === 'relaxed') return faults
  const way = config
    ? 'Set appendonly yes, appendfsync always and maxmemory-policy noeviction in redis.conf'
    : "Let timhook's user run CONFIG GET (in an ACL: +config|get)"
  throw new TimhookError('STORE_NOT_DURABLE', `Redis may lose what it has acknowledged: ${faults.join(', ')}`, {
    hint: `${way}, or accept the risk with delivery.redis.durability: relaxed.`,
  })
}

type Info = ReadonlyMap<string, string>

function refuseUnsuitable(info: Info): void {
  const version = info.get('redis_version') ?? 'unknown'
  if (!(Number.parseInt(version, 10) >= OLDEST)) {
    throw unsuitable(`is version ${version}`, `timhook needs Redis ${OLDEST}.0 or later.`)
  }
  if (info.get('cluster_enabled') === '1') {
    throw unsuitable('is a cluster, which cannot change several keys at once', CLUSTER_HINT)
  }
  if (info.get('role') !== 'master') {
    const primary = `${info.get('master_host')}:${info.get('master_port')}`
    throw unsuitable(
      'is a replica, which accepts no writes',
      `Its primary is ${primary}; name that one, or the sentinels.`,
    )
  }
}

const CLUSTER_HINT = 'Name a Redis with cluster-enabled no; Sentinel is supported.'

function unsuitable(what: string, hint: string): TimhookError {
  return new TimhookError('STORE_UNSUITABLE', `the Redis of delivery.redis ${what}`, { hint })
}

/** Returns the settings by name, or undefined if Redis does not allow CONFIG, as managed services do. */
async function readConfig(client: Client): Promise<Info | undefined> {
  try {
    const pairs = (await client.config('GET', ...WANTED.map(({ name }) => name))) as string[]
    const entries = Array.from({ length: pairs.length / 2 }, (_, n) => [pairs[2 * n] ?? '', pairs[2 * n + 1] ?? ''])
    return new Map(entries as [string, string][])
  } catch (error) {
    // The connection failed.
    if (error instanceof Error && error.name === 'ReplyError') return undefined
    throw error
  }
}

function faultOf(wanted: (typeof WANTED)[number], config: Info | undefined, info: Info): string[] {
  const { name, value } = wanted
  const set = config?.get(name)
  if (set !== undefined) return set === value ? [] : [`${name} is ${set}`]
  if (!('field' in wanted)) return [`${name} cannot be read`]
  const reported = info.get(wanted.field)
  return reported === wanted.fieldValue
    ? []
    : [reported === undefined ? `${name} cannot be read` : `${name} is ${plain(reported)}`]
}

function plain(value: string): string {
  return value === '0' ? 'no' : value
}

function parseInfo(text: string): Info {
  const lines = text.split('\r\n').filter((line) => line.includes(':'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
