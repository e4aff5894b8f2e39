import { TimhookError } from '../../errors.ts'
import type { Hold } from '../../delivery/delivery.ts'
import type { LoadedPlugin } from '../../host/load.ts'
import { isObject } from '../../lib/json.ts'
import type { Family, Labels } from '../../observe/metrics/family.ts'
import type { Phase } from '../../protocol/define.ts'
import { commands } from '../../protocol/commands.ts'
import { covers } from '../../registry.ts'
import type { PluginList, PluginState, PluginSummary } from '../api-types.ts'
import { Parameters } from '../request/parameters.ts'
import type { DeadLetterCounts, Reads } from '../reads.ts'
import type { Route } from '../request/route.ts'
import type { ApiDeps } from './deps.ts'

/** The prefix of the reason of a hold that a person asked for. Other holds come from the plugin itself. */
export const PAUSED = 'timhook pause'

/** `GET /api/plugins`: the plugins of the config, in order. */
export function pluginsRoute(deps: ApiDeps): Route {
  return {
    method: 'GET',
    path: '/api/plugins',
    async handle({ query }): Promise<PluginList> {
      new Parameters(query).end()
      const [families, counts] = await Promise.all([deps.facts.families(), countsOf(deps.reads)])
      return { plugins: await summariesOf(deps, families, counts) }
    },
  }
}

/** The counts of dead letters; none if the store has no history. */
export async function countsOf(reads: Reads): Promise<DeadLetterCounts> {
  return (await unlessMissing(reads.deadLetterCounts())) ?? { groups: [], total: 0, truncated: false }
}

export async function summariesOf(
  { facts, reads }: ApiDeps,
  families: readonly Family[],
  { groups }: DeadLetterCounts,
): Promise<PluginSummary[]> {
  const holds = (await unlessMissing(reads.holds())) ?? {}
  const { config, plugins, disabled, masked } = facts.running()
  const entries = config.plugins
  const enabled = entries.filter((entry) => entry.enabled)
  const value = (name: string, labels: Labels): number | undefined => valueOf(families, name, labels)
  const running = plugins.map((loaded, index): PluginSummary => {
    const { id, plugin } = loaded
    const hold = holds[id]
    const circuit = circuitOf(value('timhook_plugin_circuit_open', { plugin: id }))
    const age = value('timhook_backlog_oldest_age_seconds', { plugin: id })
    return {
      id,
      name: plugin.name,
      use: nameOf(enabled[index]?.use ?? plugin.name),
      ...(loaded.version !== undefined && { version: loaded.version }),
      ...stateOf(hold, {
        isParked: (value('timhook_plugin_parked', { plugin: id }) ?? 0) > 0,
        isOpen: circuit === 'open',
      }),
      options: masked(loaded.options),
      handles: { before: handled(loaded, 'before'), after: handled(loaded, 'after') },
      ...(Object.keys(loaded.only).length > 0 && { only: loaded.only }),
      backlog: value('timhook_backlog', { plugin: id }) ?? 0,
      ...(age !== undefined && age > 0 && { oldestAgeMs: Math.round(age * 1000) }),
      deadLetters: groups.filter((group) => group.plugin === id).reduce((sum, { count }) => sum + count, 0),
      rates: ratesOf(families, id),
      ...(circuit && { circuit }),
      views: viewsOf(loaded),
    }
  })
  const off = entries.filter((entry) => !entry.enabled)
  return [
    ...running,
    ...disabled.map((id, index) => disabledPlugin(id, off[index]?.use ?? id, masked(off[index]?.options))),
  ]
}

/** Undefined if the store keeps no history, or has none yet. */
async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof TimhookError && error.code.startsWith('STORE_')) return undefined
    throw error
  }
}

/**
 * A pause by a person takes precedence.
 * @param isParked whether its thread or process has ended too often
 * @param isOpen whether its circuit breaker is open, with a hold or, between its probes, without one
 */
function stateOf(
  hold: Hold | undefined,
  { isParked, isOpen }: { isParked: boolean; isOpen: boolean },
): Pick<PluginSummary, 'state' | 'reason' | 'until'> {
  const own: PluginState = isParked ? 'parked' : isOpen ? 'open' : hold ? 'held' : 'running'
  if (!hold) return { state: own }
  const state = hold.reason.startsWith(PAUSED) ? 'paused' : own
  return { state, reason: hold.reason, ...(hold.until !== undefined && { until: hold.until }) }
}

function circuitOf(open: number | undefined): PluginSummary['circuit'] {
  if (open === undefined) return undefined
  return open > 0 ? 'open' : 'closed'
}

function disabledPlugin(id: string, use: unknown, options: unknown): PluginSummary {
  return {
    id,
    name: id,
    use: nameOf(use),
    state: 'disabled',
    options,
    handles: { before: [], after: [] },
    backlog: 0,
    deadLetters: 0,
    rates: { handled: 0, failures: 0, timeouts: 0 },
    views: [],
  }
}

/** The module of a plugin, or the name of one that the config has as an object. */
function nameOf(use: unknown): string {
  if (typeof use === 'string') return use
  return isObject(use) && typeof use['name'] === 'string' ? use['name'] : ''
}

/** The handlers for callbacks of a phase. A pattern may be for both. */
function handled({ specs }: LoadedPlugin, phase: Phase): string[] {
  const all = [...commands.values()]
  return [...specs].flatMap(([pattern, spec]) => {
    if (spec.phase !== undefined && spec.phase !== phase) return []
    const covered = all.filter(({ command }) => covers(pattern, command))
    // A command that is not in the table is an after-callback, unless its name says otherwise.
    const isHandled = covered.length === 0 ? phase === 'after' : covered.some((one) => one.phase === phase)
    return isHandled ? [pattern] : []
  })
}

function ratesOf(families: readonly Family[], plugin: string): PluginSummary['rates'] {
  const failures = families.find(({ name }) => name === 'timhook_handler_failures_total')?.samples ?? []
  const count = (isCounted: (reason: unknown) => boolean): number =>
    failures
      .filter(({ labels }) => labels['plugin'] === plugin && isCounted(labels['reason']))
      .reduce((sum, { value }) => sum + value, 0)
  return {
    handled: valueOf(families, 'timhook_handler_seconds', { plugin }, '_count') ?? 0,
    failures: count((reason) => reason !== 'timeout'),
    timeouts: count((reason) => reason === 'timeout'),
  }
}

function viewsOf({ plugin }: LoadedPlugin): PluginSummary['views'] {
  return Object.entries(plugin.commands ?? {})
    .filter(([, { view }]) => view === true)
    .map(([command, { description }]) => ({ command, description }))
}

function valueOf(families: readonly Family[], name: string, labels: Labels, suffix?: string): number | undefined {
  const samples = families.find((family) => family.name === name)?.samples ?? []
  return samples.find(
    (sample) =>
      sample.suffix === suffix && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value
}
