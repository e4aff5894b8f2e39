import { TimhookError } from '../../errors.ts'

/** What the check asks of a client. */
interface Client {
  info(): Promise<string>
  config(subcommand: 'GET', ...names: string[]): Promise<unknown>
}

const OLDEST = 7
/** What a durable Redis is set to, and the field of INFO that tells it where CONFIG is refused. */
const WANTED = [
  { name: 'appendonly', value: 'yes', field: 'aof_enabled', fieldValue: '1' },
  { name: 'appendfsync', value: 'always' },
  { name: 'no-appendfsync-on-rewrite', value: 'no' },
  { name: 'maxmemory-policy', value: 'noeviction', field: 'maxmemory_policy', fieldValue: 'noeviction' },
] as const

/**
 * Looks at what Redis says of itself. Gives what makes it lose what it has acknowledged, one phrase each.
 * @throws TimhookError STORE_UNSUITABLE where timhook cannot work with it; where `mode` is strict STORE_NOT_DURABLE
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
      'is a replica, which takes no writes',
      `Its primary is ${primary}; name that one, or the sentinels.`,
    )
  }
}

const CLUSTER_HINT = 'Name a Redis with cluster-enabled no; Sentinel is supported.'

function unsuitable(what: string, hint: string): TimhookError {
  return new TimhookError('STORE_UNSUITABLE', `the Redis of delivery.redis ${what}`, { hint })
}

/** The settings by name, or undefined where Redis tells nobody, as managed ones do. */
async function readConfig(client: Client): Promise<Info | undefined> {
  try {
    const pairs = (await client.config('GET', ...WANTED.map(({ name }) => name))) as string[]
    const entries = Array.from({ length: pairs.length / 2 }, (_, n) => [pairs[2 * n] ?? '', pairs[2 * n + 1] ?? ''])
    return new Map(entries as [string, string][])
  } catch (error) {
    // Any other failure is one of the connection.
    if (error instanceof Error && error.name === 'ReplyError') return undefined
    throw error
  }
}

function faultOf(wanted: (typeof WANTED)[number], config: Info | undefined, info: Info): string[] {
  const { name, value } = wanted
  const set = config?.get(name)
  if (set !== undefined) return set === value ? [] : [`${name} is ${set}`]
  if (!('field' in wanted)) return [`${name} cannot be read`]
  const told = info.get(wanted.field)
  return told === wanted.fieldValue ? [] : [told === undefined ? `${name} cannot be read` : `${name} is ${plain(told)}`]
}

function plain(told: string): string {
  return told === '0' ? 'no' : told
}

function parseInfo(text: string): Info {
  const lines = text.split('\r\n').filter((line) => line.includes(':'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
