import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import type { Config } from '../../../config/schema/schema.ts'
import { ACCESS_KEYS } from '../access/access.ts'
import type { ConfigView } from '../api-types.ts'
import { Parameters } from '../request/parameters.ts'
import type { Route } from '../request/route.ts'
import type { ApiDeps, ConfigOnDisk } from './deps.ts'

const SECTIONS = ['server', 'admin', 'delivery', 'log', 'alerts'] as const
/** Keys of sections that a reload applies. */
const RELOADED: ReadonlySet<string> = new Set([...ACCESS_KEYS.map((key) => `admin.${key}`), 'server.allowFrom'])

/** `GET /api/config`: the effective config, without secrets, and what a reload would change. */
export function configRoute({ facts }: ApiDeps): Route {
  return {
    method: 'GET',
    path: '/api/config',
    async handle({ query }): Promise<ConfigView> {
      new Parameters(query).end()
      const { file, config, warnings, masked } = facts.running()
      const shown = masked(config)
      const onDisk = await facts.readConfig?.()
      return { file, config: shown, yaml: stringify(shown), warnings, reload: reloadOf(config, onDisk) }
    },
  }
}

function reloadOf(running: Config, onDisk: ConfigOnDisk | undefined): ConfigView['reload'] {
  if (!onDisk) return { changes: [] }
  return onDisk.config ? { changes: changes(running, onDisk.config) } : { changes: [], faults: onDisk.faults }
}

/** The names of what differs between two configs, without values, which may be secrets. */
function changes(from: Config, to: Config): string[] {
  const keys = SECTIONS.flatMap((section) => {
    const [a, b] = [{ ...from[section] }, { ...to[section] }] as Record<string, unknown>[]
    const names = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])]
    return names
      .filter((name) => !isDeepStrictEqual(a?.[name], b?.[name]))
      .map((name) => `${section}.${name}`)
      .map((name) => (RELOADED.has(name) ? name : `${name}: needs a restart`))
  })
  const apps = byName(from.apps, to.apps, ({ sdkAppId }) => `app ${sdkAppId}`)
  const plugins = byName(
    from.plugins,
    to.plugins,
    ({ id, use }) => `plugin ${id ?? (typeof use === 'string' ? use : 'of code')}`,
  )
  const orderOf = ({ plugins }: Config): unknown => plugins.map(({ id, use }) => id ?? use)
  const isReordered = plugins.length === 0 && !isDeepStrictEqual(orderOf(from), orderOf(to))
  return [...keys, ...apps, ...plugins, ...(isReordered ? ['plugins: a different order'] : [])]
}

function byName<T>(from: readonly T[], to: readonly T[], nameOf: (one: T) => string): string[] {
  const [before, after] = [from, to].map((list) => new Map(list.map((one) => [nameOf(one), withoutPlace(one)])))
  if (!before || !after) return []
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    if (!before.has(name)) return [`${name}: is new`]
    if (!after.has(name)) return [`${name}: is gone`]
    return isDeepStrictEqual(before.get(name), after.get(name)) ? [] : [`${name}: is changed`]
  })
}

/** An entry without its place in the list. */
function withoutPlace(entry: unknown): unknown {
  const { index: _, ...others } = entry as { index?: unknown }
  return others
}
