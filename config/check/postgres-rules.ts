import { parsePostgresUrl } from '../postgres-url.ts'
import type { Fault } from '../faults.ts'
import { getKey, getPath, isPlainObject } from '../schema/objects.ts'

const AT = ['delivery', 'postgres']

/** The engine postgres needs its settings, and settings that are in its URL must not be repeated. */
export function postgresRules(config: unknown): Fault[] {
  const postgres = getPath(config, AT)
  if (getPath(config, ['delivery', 'engine']) === 'postgres' && postgres === undefined) {
    const message =
      "needs delivery.postgres: expected next to it, such as postgres: { url: 'postgres://timhook@127.0.0.1/timhook' }"
    return [{ path: ['delivery', 'engine'], message }]
  }
  if (!isPlainObject(postgres)) return []
  const [url, ssl] = [getKey(postgres, 'url'), getKey(postgres, 'ssl')]
  const faults: Fault[] = []
  if (getKey(ssl, 'cert') !== undefined && getKey(ssl, 'key') === undefined) {
    faults.push({ path: [...AT, 'ssl'], message: 'expected key together with cert' })
  }
  if (getKey(ssl, 'key') !== undefined && getKey(ssl, 'cert') === undefined) {
    faults.push({ path: [...AT, 'ssl'], message: 'expected cert together with key' })
  }
  if (typeof url !== 'string') return faults
  const parsed = parsePostgresUrl(url)
  if (typeof parsed === 'string') return [...faults, { path: [...AT, 'url'], message: parsed }]
  if (parsed.password !== '' && getKey(postgres, 'password') !== undefined) {
    faults.push({ path: [...AT, 'password'], message: 'contradicts url, which has one: expected one of the two' })
  }
  if (parsed.sslmode !== undefined && ssl !== undefined) {
    faults.push({ path: [...AT, 'ssl'], message: 'contradicts sslmode in url: expected one of the two' })
  }
  return faults
}
