import { join } from 'node:path'
import { Bus } from '../../../../core/observe/bus.ts'
import type { Callback } from '../../../../core/callback/callback.ts'
import type { Delivery } from '../../../../core/delivery/delivery.ts'
import { createSqliteDelivery, type SqliteDeps } from '../../../../core/delivery/engines/sqlite/open-sqlite.ts'
import { SqliteClient } from '../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { newId } from '../../../../core/lib/id.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import {
  type AfterRoute,
  createRegistry,
  type HandlerSpec,
  type Registry,
  type RunningPlugin,
} from '../../../../core/registry.ts'
import { folderWith } from '../../../harness/cli.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { FULL } from '../../../harness/plugin.ts'

const log = createLogger({ level: 'silent' })

export interface Run {
  bus: Bus
  client: SqliteClient
  registry: Registry
  delivery: Delivery
  accept: (n: number, group?: string) => Promise<void>
  take: (given: Callback) => Promise<void>
  /** Stops, and says so in the file. */
  stop: () => Promise<{ undelivered: number }>
  /** Ends as a process that dies would leave the file: without the mark of a clean stop. */
  die: () => Promise<void>
}

export type Handle = (n: number, attempt: number, resends: number, context: HandlerContext) => unknown

interface HandlerContext {
  readonly body: { readonly EventTime: number }
  readonly attempt: number
  readonly resends: number
  readonly signal: AbortSignal
  readonly reject?: (code: number) => unknown
}

export async function newFile(): Promise<string> {
  return join(await folderWith({}), 'timhook.db')
}

/** The engine on a file, with plugins whose handlers get the callback's number. */
export async function runEngine(
  file: string,
  handlers: Record<string, Handle>,
  more: Partial<HandlerSpec & Pick<SqliteDeps, 'maxBacklog' | 'retention' | 'resendWindow'>> = {},
): Promise<Run> {
  const {
    maxBacklog,
    retention = { age: 1e13, size: 1e12, deadLetters: 1e13 },
    resendWindow = 600_000,
    ...settings
  } = more
  const bus = new Bus()
  const client = await SqliteClient.open(file)
  const plugins = Object.entries(handlers).map(([id, handle]) => pluginOf(id, handle, settings))
  const registry = createRegistry(plugins)
  const parts = { registry, bus, client, file, resendWindow, retention }
  const delivery = createSqliteDelivery({ ...parts, ...(maxBacklog !== undefined && { maxBacklog }) })
  await delivery.start()
  let open = true
  const end = async (clean: boolean): Promise<{ undelivered: number }> => {
    open = false
    const { undelivered } = await delivery.stop(clean ? 50 : 0)
    await client.close(clean ? 'clean' : 'failed')
    return { undelivered }
  }
  stopAfterTest(async () => void (open && (await end(true))))
  return {
    bus,
    client,
    registry,
    delivery,
    accept: async (n, group = 'g') => accept(delivery, registry, callback(n, group)),
    take: async (given) => accept(delivery, registry, given),
    stop: () => end(true),
    die: async () => void (await end(false)),
  }
}

/** Resolves once callbacks can be stored again; the engine looks for room by itself, and tells nobody when. */
export async function recovered(delivery: Delivery): Promise<void> {
  for (;;) {
    const error: unknown = await delivery.health().catch((error: unknown) => error)
    if (error === undefined) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Resolves when so many handlers are done. */
export function done(bus: Bus, count: number): Promise<void> {
  let seen = 0
  return new Promise((resolve) => bus.on('handler:done', () => void (++seen === count && resolve())))
}

/** Stores it for the plugins of its route, as dispatch does. */
export function accept(delivery: Delivery, registry: Registry, given: Callback): ReturnType<Delivery['accept']> {
  return delivery.accept(given, routeOf(registry, given))
}

export function routeOf(registry: Registry, { sdkAppId, command }: Callback): AfterRoute {
  const route = registry.route(sdkAppId, command)
  if (route.phase === 'before') throw new Error('a before-callback')
  return route
}

export function callback(n: number, group: string): Callback {
  const body = { GroupId: group, EventTime: n }
  const about = { id: newId(), sdkAppId: 1, command: FULL }
  return {
    ...about,
    query: '',
    signed: false,
    raw: JSON.stringify(body),
    body,
    receivedAt: Date.now(),
    startedAt: 0,
    reading: { body, faults: [], paths: [], fits: true },
  }
}

/** A plugin whose handler gets the number of the callback. */
export function pluginOf(id: string, handle: Handle, settings: Partial<HandlerSpec>): RunningPlugin {
  const spec: HandlerSpec = {
    handle: (context: never) => {
      const given: HandlerContext = context
      return handle(given.body.EventTime, given.attempt, given.resends, given)
    },
    timeoutMs: undefined,
    onFailure: undefined,
    retry: { attempts: 3, minMs: 1, maxMs: 1 },
    ordered: false,
    faulty: true,
    pool: { concurrency: 16 },
    ...settings,
  }
  const unused = undefined as never
  const given = {
    options: {},
    state: undefined,
    log,
    store: unused,
    rest: unused,
    emit: () => undefined,
    count: () => undefined,
    instance: 'test',
  }
  return { id, ...given, only: {}, handlers: new Map([['*', spec]]) }
}
