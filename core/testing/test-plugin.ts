import { checkConfig } from '../../config/read/read.ts'
import { TimhookError } from '../errors.ts'
import { appSettings } from '../host/app-settings.ts'
import { type LoadedPlugin, loadPlugins } from '../host/load.ts'
import type { Plugin } from '../plugin.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import { ManualClock } from '../lib/clock.ts'
import { parseDuration } from '../lib/units.ts'
import type { JsonObject } from '../lib/json.ts'
import { Bus, type BusEvents } from '../observe/bus.ts'
import { compose, prepare } from '../runtime.ts'
import { Callbacks } from './callbacks.ts'
import { HandlerCalls } from './calls.ts'
import { createFakeRest } from './fake-rest.ts'
import { fuzz } from './fuzz.ts'
import { ObservedPromise } from './observed.ts'
import { createRecordedLog } from './recorded-log.ts'
import { runCommand } from './run-command.ts'
import { bodyAt } from './samples.ts'
import type { CallbackSettings, TestPlugin, TestSettings, TestVerdict } from './types.ts'

const APP = 1400000000

/**
 * Sets up a plugin as the server does, with the real dispatcher, store and delivery in memory, a clock that stands
 * still, and a REST API that answers what the test says. Opens no port and prints nothing.
 * @param plugin the plugin, or its name, package or path as in the config
 * @throws ConfigError if the plugin or its options are faulty; TimhookError PLUGIN_SETUP_FAILED
 */
export async function testPlugin(plugin: object | string, settings: TestSettings = {}): Promise<TestPlugin> {
  const { options, isolate, now = Date.now() } = settings
  const apps = [...(settings.apps ?? [{ sdkAppId: APP, unsigned: true }])]
  const entry = { use: plugin, ...(options && { options }), ...(isolate && { isolate }) }
  const config = { apps, plugins: [entry], delivery: { engine: 'memory' as const }, admin: false as const }
  const reading = checkConfig(config, { env: process.env })
  const prepared = await prepare(reading)
  const [loaded] = prepared.plugins
  if (!loaded) throw new TimhookError('TEST_FAILED', 'there is no plugin to test')
  const clock = new ManualClock(Number(now))
  const calls = new HandlerCalls()
  const { logger, log } = createRecordedLog(prepared.mask)
  const bus = new RecordingBus()
  const fixture = createFakeRest()
  const ids = { next: '' }
  const running = await compose(
    { ...prepared, plugins: [calls.watched(loaded)] },
    { bus, log: logger, clock, rest: fixture.rest, newId: () => ids.next },
  )
  const { id } = loaded
  const store = running.stores.of(id)
  const firstApp = Number(prepared.config.apps[0]?.sdkAppId)
  const callbacks = new Callbacks({ running, bus, clock, calls, plugin: id, firstApp, ids })
  const overlooked = new Map<ObservedPromise<unknown>, unknown>()
  const observed = <T>(promise: Promise<T>): Promise<T> =>
    ObservedPromise.of(promise, (error, late) => overlooked.set(late, error))
  let serial = 0

  /** Fails the test for a REST call that it has not answered, even if the plugin has caught the error. */
  const withRest = async <T>(work: Promise<T>): Promise<T> => {
    const [result] = await Promise.allSettled([work])
    const unexpected = fixture.takeUnexpected()
    if (unexpected) throw unexpected
    if (result.status === 'rejected') throw result.reason
    return result.value
  }
  const decide = async (command: string, body: JsonObject, how: { expectFailure?: boolean } & CallbackSettings) => {
    const decided = await callbacks.decide(command, body, how)
    if (decided.failed && how.expectFailure !== true) throw decided.error
    return decided as TestVerdict<never>
  }
  const bodyOf = (command: string, fields: object | undefined): JsonObject =>
    bodyAt(command, fields, serial++, clock.now())

  const ending = new AbortController()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    ending.abort(new Error('the test is over'))
    await running.stop(0)
    const [error] = [...overlooked].flatMap(([late, reason]) => (late.isObserved ? [] : [reason]))
    const unseen = fixture.takeUnexpected() ?? error
    if (unseen !== undefined) throw unseen
  }
  return {
    before: async (command: string, fields?: object, how: CallbackSettings = {}) =>
      withRest(decide(command, bodyOf(command, fields), how)),
    after: (command: string, fields?: object, how: CallbackSettings = {}) =>
      observed(withRest((async () => callbacks.handle(command, bodyOf(command, fields), how))())),
    clock: {
      now: () => clock.now(),
      advance: async (by) => clock.advance(durationOf(by), () => calls.settle()),
    },
    idle: () => calls.idle(),
    store,
    async records(kind) {
      const newest = await store.records(kind, { limit: Infinity })
      return newest.toReversed().map(({ data }) => data)
    },
    events: (name) => bus.emitted.filter(([event]) => event === `plugin:${id}:${name}`).map(([, data]) => data),
    counts: (name) => {
      const counter = running.counters.list().find((one) => one.name === name)
      return [...(counter?.series.values() ?? [])].map(({ labels, value }) => ({ labels, value }))
    },
    log,
    rest: fixture.fake,
    bus,
    command: async (name, args = []) =>
      withRest(
        runCommand(id, await pluginHere(loaded, reading), [name, ...args], {
          options: loaded.options,
          store,
          apps: appSettings(prepared.config.apps),
          rest: fixture.rest,
          signal: ending.signal,
        }),
      ),
    fuzz: (pattern, how = {}) =>
      fuzz(pattern, how, {
        handles: (command) => running.registry.route(firstApp, command).subscriptions.length > 0,
        nowMs: clock.now(),
        call: (definition, body) =>
          withRest<unknown>(
            definition.phase === 'before'
              ? decide(definition.command, body, {})
              : callbacks.handle(definition.command, body, {}),
          ),
      }),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}

/** Commands run in a separate process, which loads the plugin itself. */
async function pluginHere({ isolation, plugin }: LoadedPlugin, reading: ConfigReading): Promise<Plugin> {
  return isolation ? ((await loadPlugins(reading, () => undefined)).plugins[0]?.plugin ?? plugin) : plugin
}

function durationOf(by: number | string): number {
  const ms = parseDuration(by)
  if (ms >= 0) return ms
  throw new TimhookError('TEST_FAILED', `clock.advance takes milliseconds, or a text such as 500ms, 30s, 10m or 2h`)
}

/** A bus that keeps what plugins emit. */
class RecordingBus extends Bus {
  readonly emitted: (readonly [event: string, data: unknown])[] = []

  override emit<Name extends keyof BusEvents>(event: Name, data: BusEvents[Name]): void {
    if (event.startsWith('plugin:')) this.emitted.push([event, data])
    super.emit(event, data)
  }
}
