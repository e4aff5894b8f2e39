import type { Fault } from '../faults.ts'
import { getKey, getPath, isPlainObject } from '../schema/objects.ts'

const AT = ['delivery', 'redis']
/** Settings that a URL already has. */
const OF_SENTINELS = ['name', 'username', 'password', 'sentinelPassword'] as const

/** The engine redis needs its settings, and a Redis is named in one of two ways: a URL, or sentinels. */
export function redisRules(config: unknown): Fault[] {
  const redis = getPath(config, AT)
  if (getPath(config, ['delivery', 'engine']) === 'redis' && redis === undefined) {
    const message = "needs delivery.redis: expected next to it, such as redis: { url: 'redis://127.0.0.1:6379' }"
    return [{ path: ['delivery', 'engine'], message }]
  }
  if (!isPlainObject(redis)) return []
  const [url, sentinels] = [getKey(redis, 'url'), getKey(redis, 'sentinels')]
  if (url === undefined && sentinels === undefined) {
    return [{ path: AT, message: 'expected url, or sentinels and name' }]
  }
  if (url === undefined) {
    const hasName = getKey(redis, 'name') !== undefined
    return hasName ? [] : [{ path: AT, message: 'expected name: what the sentinels call the primary' }]
  }
  if (sentinels !== undefined) {
    return [{ path: [...AT, 'sentinels'], message: 'contradicts url: expected one of the two' }]
  }
  const strangers = OF_SENTINELS.filter((key) => getKey(redis, key) !== undefined)
  const faults = strangers.map((key) => ({ path: [...AT, key], message: 'goes with sentinels; remove it, or url' }))
  return typeof url === 'string' && !isUrl(url) ? [...faults, { path: [...AT, 'url'], message: NO_URL }] : faults
}

const NO_URL = 'expected a URL, with special characters of user and password percent-encoded'

function isUrl(text: string): boolean {
  try {
    const { username, password } = new URL(text)
    decodeURIComponent(username)
    decodeURIComponent(password)
    return true
  } catch {
    return false
  }
}
