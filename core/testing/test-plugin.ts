import { checkConfig } from '../../config/read/read.ts'
import type { AppInput } from '../../config/sections/apps.ts'
import { TimhookError } from '../errors.ts'
import { appSettings } from '../host/app-settings.ts'
import { ManualClock } from '../lib/clock.ts'
import { parseDuration } from '../lib/units.ts'
import type { JsonObject } from '../lib/json.ts'
import { Bus, type BusEvents } from '../observe/bus.ts'
import type { BeforeCommand, Command, DefinitionOf } from '../protocol/commands.ts'
import type { BeforeDefinition, Outcome } from '../protocol/define.ts'
import { compose, prepare } from '../runtime.ts'
import type { Store } from '../store/store.ts'
import { Callbacks, type CallbackSettings, type Handled } from './callbacks.ts'
import { HandlerCalls } from './calls.ts'
import { createFakeRest, type FakeRest } from './fake-rest.ts'
import { fuzz, type FuzzSettings } from './fuzz.ts'
import { ObservedPromise } from './observed.ts'
import { createRecordedLog, type TestLog } from './recorded-log.ts'
import { type Printed, runCommand } from './run-command.ts'
import { type AfterName, type BeforeName, bodyAt, type OverridesOf } from './samples.ts'

const APP = 1400000000

export interface TestSettings {
  /** The plugin's options as in the config; they pass the plugin's own schema. */
  readonly options?: object
  /** Default: one unsigned app, 1400000000. */
  readonly apps?: readonly AppInput[]
  /** Where the clock stands, milliseconds since 1970 or a Date; default: now. */
  readonly now?: number | Date
}

type FieldsOf<C> = C extends BeforeCommand
  ? DefinitionOf<C> extends BeforeDefinition<string, object, infer Fields>
    ? Partial<Fields>
    : never
  : JsonObject

/** What a before-callback was answered with. */
export interface TestVerdict<C = string> {
  readonly outcome: Outcome
  /** `ErrorCode` and `ErrorInfo` of the answer. */
  readonly code: number
  readonly info: string
  /** What the answer has beside the envelope, such as `MsgBody`. */
  readonly fields: FieldsOf<C>
  /** The whole answer. */
  readonly answer: JsonObject
  /** Whether the handler failed, so that `onFailure` decided. Only with `expectFailure`. */
  readonly failed: boolean
  /** Why it failed. */
  readonly error: unknown
}

/** A plugin under test. */
export interface TestPlugin {
  /**
   * Sends a before-callback, the documents' sample with these fields set, and resolves with the verdict. Rejects with
   * what the handler threw, if it took too long, or if its verdict does not fit; with `expectFailure` it resolves with
   * what `onFailure` decides instead.
   */
  before<C extends string>(
    command: (C & BeforeName<C>) | BeforeCommand,
    body?: OverridesOf<C>,
    settings?: CallbackSettings & { readonly expectFailure?: boolean },
  ): Promise<TestVerdict<C>>
  /**
   * Sends an after-callback, the documents' sample with these fields set. Resolves when the plugin has handled it, and
   * rejects with what the handler threw; the retries come as the clock advances. `resent` says that the same callback
   * came before, so that the plugin was not called.
   */
  after<C extends string>(
    command: (C & AfterName<C>) | Exclude<Command, BeforeCommand>,
    body?: OverridesOf<C>,
    settings?: CallbackSettings,
  ): Promise<Handled>
  /** The time that the plugin's timeouts, retries, leases and values with a `ttlMs` go by. It stands still by itself. */
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number
    /** Moves on by milliseconds, or a text such as `10m`, and runs what is due on the way. */
    advance(by: number | string): Promise<void>
  }
  /** Resolves when no handler runs. */
  idle(): Promise<void>
  /** The plugin's store. */
  readonly store: Store
  /** The data of the plugin's records of a kind, oldest first. */
  records(kind: string): Promise<unknown[]>
  /** What the plugin has emitted under a name, oldest first. */
  events(name: string): unknown[]
  /** What the plugin has counted of one of its `metrics`, for each combination of labels. */
  counts(name: string): { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
  readonly log: TestLog
  readonly rest: FakeRest
  /** The bus, for what else there is to hear. */
  readonly bus: Bus
  /** Runs a command of the plugin, as `timhook ID NAME ARGS…` does, and resolves with what it prints. */
  command(name: string, args?: readonly string[]): Promise<Printed>
  /**
   * Sends variations of the samples of a command or pattern (`Group.*`, `*`), of those that the plugin handles.
   * Rejects if a handler fails.
   * @returns how many callbacks were sent
   */
  fuzz(pattern: string, settings?: FuzzSettings): Promise<number>
  /** Closes the plugin. Rejects if something failed that the test has not seen. `await using` does it. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Sets a plugin up as the server does, with the real dispatcher, store and delivery in memory, a clock that stands
 * still, and a REST API that answers what the test says. Opens no port and prints nothing.
 * @param plugin the plugin, or its name, package or path as in the config
 * @throws ConfigError if the plugin or its options are faulty; TimhookError PLUGIN_SETUP_FAILED
 */
export async function testPlugin(plugin: object | string, settings: TestSettings = {}): Promise<TestPlugin> {
  const { options, now = Date.now() } = settings
  const apps = [...(settings.apps ?? [{ sdkAppId: APP, unsigned: true }])]
  const entry = { use: plugin, ...(options && { options }) }
  const config = { apps, plugins: [entry], delivery: { engine: 'memory' as const }, admin: false as const }
  const prepared = await prepare(checkConfig(config, { env: process.env }))
  const [loaded] = prepared.plugins
  if (!loaded) throw new TimhookError('TEST_FAILED', 'there is no plugin to test')
  const clock = new ManualClock(Number(now))
  const calls = new HandlerCalls()
  const { logger, log } = createRecordedLog(prepared.mask)
  const bus = new RecordingBus()
  const fixture = createFakeRest()
  const running = await compose(
    { ...prepared, plugins: [calls.watched(loaded)] },
    { bus, log: logger, clock, rest: fixture.rest },
  )
  const { id } = loaded
  const store = running.stores.of(id)
  const firstApp = Number(prepared.config.apps[0]?.sdkAppId)
  const callbacks = new Callbacks({ running, bus, clock, calls, plugin: id, firstApp })
  const overlooked = new Map<ObservedPromise<unknown>, unknown>()
  const observed = <T>(promise: Promise<T>): Promise<T> =>
    ObservedPromise.of(promise, (error, late) => overlooked.set(late, error))
  let serial = 0

  /** Fails the test for a REST call that it has not answered, also where the plugin has caught the error. */
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
    command: (name, args = []) =>
      withRest(
        runCommand(id, loaded.plugin, [name, ...args], {
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
