import { commands } from './protocol/commands.ts'
import type { AfterDefinition, BeforeDefinition, Definition, FailureVerdict, Phase } from './protocol/define.ts'
import { Running } from './lib/running.ts'
import type { Logger } from './observe/log.ts'
import type { Count } from './observe/plugin-counters.ts'
import type { Rest } from './rest/calls/rest.ts'
import type { Store } from './store/store.ts'
import { unknownBefore, unknownPhase } from './protocol/unknown.ts'
import { bodyReader, type BodyReader, type Reading, unknownReader } from './callback/body-reader.ts'
import { type BodySelection, bodySelector, type Selects } from './callback/select.ts'
import { markOf } from './watchdog/calls.ts'
import { type VerdictFactory, createVerdictFactory } from './plugin-api/verdict.ts'

/** The callbacks that an entry of the config selects for its plugin. All given keys have to match. */
export interface Only extends BodySelection {
  readonly apps?: readonly number[]
  readonly commands?: readonly string[]
}

/** The separate thread or process in which a plugin runs. */
export interface Isolation {
  /** Everything that it was loaded from, as plain data, for a reload to compare. */
  readonly source: object
  readonly health: () => IsolationHealth
}

export interface IsolationHealth {
  readonly level: 'worker' | 'process'
  /** `waiting`: it has ended, and starts again soon. `parked`: it has ended too often, and starts again rarely. */
  readonly state: 'starting' | 'running' | 'waiting' | 'parked' | 'closed'
  /** How often it has been started again. */
  readonly restarts: number
  /** Why it last ended. */
  readonly reason?: string
  /** When it starts again, milliseconds since 1970. */
  readonly nextStartAt?: number
}

/** The circuit breaker of a plugin, as emitted by `emit('circuit', { open, target })`. */
export interface CircuitState {
  /** Whether it is open for any target; undefined until the plugin emits it. */
  readonly isOpen: boolean | undefined
}

/** A plugin that is set up, with what its handlers get. */
export interface RunningPlugin {
  readonly id: string
  /** The file of its module, if it has one. */
  readonly file?: string | undefined
  /** The name of the server. */
  readonly instance: string
  readonly options: unknown
  readonly state: unknown
  readonly log: Logger
  readonly store: Store
  readonly rest: (sdkAppId: number) => Rest
  readonly emit: (name: string, data: unknown) => void
  readonly count: Count
  readonly circuit?: CircuitState
  readonly only: Only
  readonly isolation?: Isolation
  /** By command, category wildcard or `*`. */
  readonly handlers: ReadonlyMap<string, HandlerSpec>
}

/** One handler with its settings. Those of the config override its own, and its own override the defaults. */
export interface HandlerSpec {
  readonly handle: (context: never) => unknown
  readonly timeoutMs: number | undefined
  readonly onFailure: FailureVerdict | undefined
  readonly retry: { readonly attempts: number; readonly minMs: number; readonly maxMs: number }
  readonly ordered: boolean
  /** Whether it accepts bodies without their required fields. After-callbacks only. */
  readonly faulty: boolean
  readonly pool: Pool
  /** The only phase that it handles, if there is one. */
  readonly phase?: Phase | undefined
}

/** Handlers with the same pool share this limit of running calls. */
export interface Pool {
  readonly concurrency: number
}

/** Counts calls that are under way. */
class PendingCalls extends Running {
  /** Whether no more calls may start, because their plugin was replaced. */
  isReplaced = false
}

/** A plugin's handler for one command. */
export interface Subscription extends HandlerSpec {
  readonly plugin: RunningPlugin
  /** The asynchronous calls of the plugin that are under way. */
  readonly calls: PendingCalls
  /** Plugin and command for the watchdog, as one number. */
  readonly mark: number
  /** The bodies that the plugin gets; undefined for all. */
  readonly selects?: Selects | undefined
}

/** Everything about one command in one app. Looked up once per callback. */
export type Route = BeforeRoute | AfterRoute

export interface BeforeRoute {
  readonly phase: 'before'
  /** Whether the table has the command. */
  readonly known: boolean
  readonly definition: BeforeDefinition
  readonly read: BodyReader
  readonly verdicts: VerdictFactory
  /** The chains under way that began with the same plugins. A chain keeps the plugins that it began with. */
  readonly chains: Running
  /** In config order. */
  readonly subscriptions: readonly Subscription[]
}

/** Unknown commands have no definition. */
export interface AfterRoute {
  readonly phase: 'after'
  readonly known: boolean
  readonly definition: AfterDefinition | undefined
  readonly read: BodyReader
  readonly verdicts?: undefined
  readonly subscriptions: readonly Subscription[]
}

export interface Registry {
  readonly plugins: readonly RunningPlugin[]
  /** All ids so far, by their number in a mark of the watchdog. */
  readonly ids: readonly string[]
  route(sdkAppId: number, command: string): Route
  /** Leaves out the plugins whose `only` does not select the body. Equal selections give the same route. */
  narrow(route: Route, reading: Pick<Reading, 'body' | 'fits' | 'paths'>): Route
}

/** A registry whose plugins can be swapped. */
export interface SwappableRegistry extends Registry {
  /**
   * Serves these plugins from now on, in this order.
   * @returns a function that resolves once the former plugins that are not among them are no longer called
   */
  replace(plugins: readonly RunningPlugin[]): () => Promise<void>
}

/** How many selections are cached for a route. With many plugins there may be many more. */
const MAX_NARROWED = 1000

const numbers: ReadonlyMap<string, number> = new Map([...commands.keys()].map((command, index) => [command, index]))

/** Builds the table of routes. Routes of known commands are cached. Unknown ones are not: anyone can invent them. */
export function createRegistry(first: readonly RunningPlugin[]): SwappableRegistry {
  let plugins = first
  let byApp = new Map<number, Map<string, Route>>()
  let chains = new Running()
  const ids = first.map(({ id }) => id)
  const calls = new WeakMap<RunningPlugin, PendingCalls>()
  const readers = new Map<string, BodyReader>()

  const readerFor = (definition: Definition): BodyReader => {
    const known = readers.get(definition.command) ?? bodyReader(definition)
    readers.set(definition.command, known)
    return known
  }
  const callsOf = (plugin: RunningPlugin): PendingCalls => {
    const known = calls.get(plugin) ?? new PendingCalls()
    calls.set(plugin, known)
    return known
  }
  const subscribed = (plugin: RunningPlugin, number: number): Omit<Subscription, keyof HandlerSpec> => ({
    plugin,
    calls: callsOf(plugin),
    mark: markOf(ids.indexOf(plugin.id), number),
    selects: bodySelector(plugin.only),
  })
  const build = (sdkAppId: number, command: string): Route => {
    const definition = commands.get(command) ?? unknownOf(command)
    const number = numbers.get(command) ?? -1
    const subscriptions = plugins.flatMap((plugin) => {
      const spec = specFor(plugin, sdkAppId, command)
      return spec ? [{ ...spec, ...subscribed(plugin, number) }] : []
    })
    const known = commands.has(command)
    const read = definition && known ? readerFor(definition) : unknownReader(command)
    const common = { known, read, subscriptions }
    if (definition?.phase !== 'before') return { phase: 'after', definition, ...common }
    return { phase: 'before', definition, verdicts: createVerdictFactory(definition), chains, ...common }
  }

  const narrowed = new WeakMap<Route, Map<string, Route>>()

  return {
    get plugins() {
      return plugins
    },
    ids,
    replace(next) {
      const former = { plugins: plugins.filter((plugin) => !next.includes(plugin)), chains }
      ids.push(...next.map(({ id }) => id).filter((id) => !ids.includes(id)))
      for (const plugin of former.plugins) callsOf(plugin).isReplaced = true
      plugins = next
      byApp = new Map()
      chains = new Running()
      return async () => {
        await former.chains.idle()
        await Promise.all(former.plugins.map((plugin) => callsOf(plugin).idle()))
      }
    },
    narrow(route, { body, fits, paths }) {
      const { subscriptions } = route
      // A body without its required fields does not say whether it is meant for a plugin.
      if (!fits || !subscriptions.some(({ selects }) => selects)) return route
      const selected = subscriptions.filter(({ selects }) => !selects || selects(body, paths))
      if (selected.length === subscriptions.length) return route
      const known = narrowed.get(route) ?? new Map<string, Route>()
      narrowed.set(route, known)
      const key = selected.map(({ mark }) => mark).join()
      const made = known.get(key) ?? { ...route, subscriptions: selected }
      if (known.size < MAX_NARROWED) known.set(key, made)
      return made
    },
    route(sdkAppId, command) {
      const routes = byApp.get(sdkAppId) ?? new Map<string, Route>()
      const cached = routes.get(command)
      if (cached) return cached
      const route = build(sdkAppId, command)
      if (route.known) {
        routes.set(command, route)
        byApp.set(sdkAppId, routes)
      }
      return route
    },
  }
}

function unknownOf(command: string): BeforeDefinition | undefined {
  return unknownPhase(command) === 'before' ? unknownBefore(command) : undefined
}

/** Whether a pattern (`*`, `Group.*` or a command) covers the command. */
export function covers(pattern: string, command: string): boolean {
  return pattern === '*' || pattern === command || (pattern.endsWith('.*') && command.startsWith(pattern.slice(0, -1)))
}

/** Finds the handler of a plugin for the command in the app. */
export function specFor(
  { only, handlers }: Pick<RunningPlugin, 'only' | 'handlers'>,
  sdkAppId: number,
  command: string,
): HandlerSpec | undefined {
  const { apps, commands: patterns } = only
  if (apps && !apps.includes(sdkAppId)) return undefined
  if (patterns && !patterns.some((pattern) => covers(pattern, command))) return undefined
  const spec = handlerFor(handlers, command)
  const isOther = spec?.phase !== undefined && spec.phase !== (commands.get(command)?.phase ?? unknownPhase(command))
  return isOther ? undefined : spec
}

/** Picks the most specific handler: of the command, else of its category, else `*`. */
function handlerFor<T>(handlers: ReadonlyMap<string, T>, command: string): T | undefined {
  const category = command.slice(0, command.indexOf('.') + 1)
  return handlers.get(command) ?? (category ? handlers.get(`${category}*`) : undefined) ?? handlers.get('*')
}
