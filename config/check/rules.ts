import { formatPath, type Fault } from '../faults.ts'
import { isLocal, socketPath } from '../../core/lib/net/host.ts'
import { isNetwork } from '../../core/lib/net/networks.ts'
import { REGIONS } from '../../core/protocol/rest-regions.ts'
import { getKey, getPath, isPlainObject } from '../schema/objects.ts'
import { postgresRules } from './postgres-rules.ts'
import { redisRules } from './redis-rules.ts'

/**
 * Rules about two values at once, which a schema cannot express. The config may have other faults, so the rules check
 * every value before they use it.
 */
const RULES: readonly ((config: unknown) => Fault[])[] = [
  sameApps,
  unsignedApps,
  restAddresses,
  samePluginIds,
  onlyConfiguredApps,
  retryRanges,
  adminToken,
  networks,
  unixSocket,
  redisRules,
  postgresRules,
  finishedBodies,
]

/** The faults that concern two values at once. Their messages contain paths and no values. */
export function checkRules(config: unknown): Fault[] {
  return RULES.flatMap((rule) => rule(config))
}

function sameApps(config: unknown): Fault[] {
  return duplicates(list(config, 'apps').map((app) => textOf(getKey(app, 'sdkAppId')))).map(([index, first]) => ({
    path: ['apps', index, 'sdkAppId'],
    message: `is the sdkAppId of apps[${first}] too; give one app all its tokens`,
  }))
}

function unsignedApps(config: unknown): Fault[] {
  return list(config, 'apps').flatMap((app, index): Fault[] => {
    const tokens = getKey(app, 'tokens')
    const unsigned = getKey(app, 'unsigned')
    if (!Array.isArray(tokens) || typeof unsigned !== 'boolean') return []
    if (tokens.length === 0 && !unsigned) return [{ path: ['apps', index], message: WITHOUT_TOKENS }]
    if (tokens.length > 0 && unsigned) return [{ path: ['apps', index, 'unsigned'], message: WITH_BOTH }]
    return []
  })
}

const WITHOUT_TOKENS =
  "has no tokens: add tokens: ['…'] with the authentication token of the console's callback settings, or " +
  'unsigned: true to accept callbacks that anyone could have sent'
const WITH_BOTH = 'contradicts tokens: remove it to check signatures, or remove tokens to accept unsigned callbacks'

function restAddresses(config: unknown): Fault[] {
  return list(config, 'apps').flatMap((app, index): Fault[] => {
    const rest = getKey(app, 'rest')
    if (!isPlainObject(rest)) return []
    const [region, baseUrl] = [getKey(rest, 'region'), getKey(rest, 'baseUrl')]
    if (region === undefined && baseUrl === undefined) {
      return [{ path: ['apps', index, 'rest'], message: `expected region (one of ${REGIONS.join(', ')}), or baseUrl` }]
    }
    if (region === undefined || baseUrl === undefined) return []
    return [{ path: ['apps', index, 'rest', 'baseUrl'], message: 'contradicts region: expected one of the two' }]
  })
}

function samePluginIds(config: unknown): Fault[] {
  return duplicates(list(config, 'plugins').map((plugin) => textOf(getKey(plugin, 'id')))).map(([index, first]) => ({
    path: ['plugins', index, 'id'],
    message: `is the id of plugins[${first}] too; expected one that is unique`,
  }))
}

function onlyConfiguredApps(config: unknown): Fault[] {
  const apps = new Set(list(config, 'apps').map((app) => textOf(getKey(app, 'sdkAppId'))))
  // The reference may mean the app with the faulty sdkAppId.
  if (apps.has(undefined)) return []
  return list(config, 'plugins').flatMap((plugin, index) =>
    list(getKey(plugin, 'only'), 'apps').flatMap((app, item): Fault[] => {
      const text = textOf(app)
      if (text === undefined || apps.has(text)) return []
      return [
        {
          path: ['plugins', index, 'only', 'apps', item],
          message: 'expected the sdkAppId of one of the configured apps',
        },
      ]
    }),
  )
}

function retryRanges(config: unknown): Fault[] {
  return list(config, 'plugins').flatMap((plugin, index): Fault[] => {
    const [minMs, maxMs] = [getPath(plugin, ['retry', 'minMs']), getPath(plugin, ['retry', 'maxMs'])]
    if (typeof minMs !== 'number' || typeof maxMs !== 'number' || minMs <= maxMs) return []
    const path = ['plugins', index, 'retry', 'minMs']
    return [{ path, message: `expected at most ${formatPath(['plugins', index, 'retry', 'maxMs'])}` }]
  })
}

function adminToken(config: unknown): Fault[] {
  const admin = getKey(config, 'admin')
  const [host, token] = [getKey(admin, 'host'), getKey(admin, 'token')]
  if (typeof host !== 'string' || token !== undefined || isLocal(host)) return []
  const message = 'is required where admin.host is not loopback: anybody who reaches it could read and, one day, change'
  return [{ path: ['admin', 'token'], message }]
}

function networks(config: unknown): Fault[] {
  return ['trustProxy', 'allowFrom'].flatMap((key) =>
    list(getKey(config, 'server'), key).flatMap((item, index): Fault[] => {
      if (typeof item !== 'string' || isNetwork(item)) return []
      return [{ path: ['server', key, index], message: 'expected a network such as 10.0.0.0/8 or 2001:db8::/32' }]
    }),
  )
}

/** The longest path of a Unix socket that every system takes, bytes. */
const MAX_SOCKET_PATH = 103

function unixSocket(config: unknown): Fault[] {
  const server = getKey(config, 'server')
  const host = getKey(server, 'host')
  const path = typeof host === 'string' ? socketPath(host) : undefined
  if (path === undefined) return []
  const length = Buffer.byteLength(path)
  if (length === 0 || length > MAX_SOCKET_PATH) {
    const message = `expected unix: and the path of a socket of at most ${MAX_SOCKET_PATH} bytes, such as unix:/run/timhook.sock`
    return [{ path: ['server', 'host'], message }]
  }
  if (getKey(server, 'tls') !== undefined) {
    return [{ path: ['server', 'tls'], message: 'a Unix socket carries no TLS: remove it, or set host to an address' }]
  }
  if (getKey(server, 'allowFrom') === undefined || getKey(server, 'trustProxy') !== false) return []
  const message = 'a Unix socket has no addresses: set trustProxy too, so that the proxy reports them'
  return [{ path: ['server', 'allowFrom'], message }]
}

const CANNOT_EMPTY: Readonly<Record<string, string>> = {
  memory: 'the engine memory keeps the newest 10,000 callbacks until the process ends',
  redis: 'an entry of a stream of Redis cannot be changed; a small retention.age deletes it whole',
}

function finishedBodies(config: unknown): Fault[] {
  const path = ['delivery', 'retention', 'bodies']
  const why = CANNOT_EMPTY[textOf(getPath(config, ['delivery', 'engine'])) ?? '']
  if (getPath(config, path) !== 'finished' || why === undefined) return []
  return [{ path, message: `finished needs the engine sqlite or postgres: ${why}` }]
}

/** The index of every repeated text, and that of its first occurrence. */
function duplicates(texts: readonly (string | undefined)[]): [index: number, first: number][] {
  const firsts = new Map<string, number>()
  return texts.flatMap((text, index): [number, number][] => {
    if (text === undefined) return []
    const first = firsts.get(text)
    if (first !== undefined) return [[index, first]]
    firsts.set(text, index)
    return []
  })
}

function list(source: unknown, key: string): readonly unknown[] {
  const value = getKey(source, key)
  return Array.isArray(value) ? value : []
}

/** A number or string as text, in which form SdkAppIDs are compared. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
