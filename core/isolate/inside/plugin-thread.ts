import { observe } from '../../host/observe-spec.ts'
import type { Examined } from '../../host/examine.ts'
import { callHandler } from '../../host/context.ts'
import { Bus } from '../../observe/bus.ts'
import type { Logger } from '../../observe/log.ts'
import { isThenable, LazySignal } from '../../lib/timeout.ts'
import { loggableError } from '../../observe/loggable-error.ts'
import { Verdict } from '../../plugin-api/verdict.ts'
import { createRegistry, type Registry, type RunningPlugin } from '../../registry.ts'
import type {
  CallRequest,
  CommandRequest,
  CommandResult,
  Description,
  LoadRequest,
  Returned,
  SetUpRequest,
} from '../wire/messages.ts'
import { decodeError, type WireError } from '../wire/wire-error.ts'
import { loadInside } from './describe.ts'
import { Outlet } from './outlet.ts'
import { createRemoteRest } from './remote-rest.ts'
import { createRemoteStore } from './remote-store.ts'
import type { Server } from './server.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A plugin in its thread or process: loaded, set up and called as the server does with those in its process. */
export class PluginThread {
  readonly outlet: Outlet
  readonly #server: Server
  readonly #signals = new Map<number, LazySignal>()
  readonly #bus = new Bus()
  readonly #stopping = new AbortController()
  #examined: Examined | undefined
  #plugin: Mutable<RunningPlugin> | undefined
  #registry: Registry | undefined

  constructor(server: Server) {
    this.#server = server
    this.outlet = new Outlet(server)
  }

  async load(request: LoadRequest): Promise<Description> {
    const { examined, description } = await loadInside(request)
    this.#examined = examined
    return description
  }

  async setUp(request: SetUpRequest): Promise<void> {
    const { plugin, options, specs } = this.#loaded()
    const { id, apps, levels } = request
    this.outlet.setLevels(levels)
    const log = this.outlet.log()
    const given = {
      options,
      log: log as Logger,
      store: createRemoteStore(this.#server),
      rest: createRemoteRest(this.#server),
      emit: (name: string, data: unknown): void => this.outlet.emit(name, data),
      count: this.outlet.count,
    }
    const { signal } = this.#stopping
    const state: unknown = await plugin.setup?.({ ...given, options, apps, signal })
    const { store, count } = given
    observe(plugin, id, this.#bus, { state, options, log, store, count })
    this.#bus.on('listener:failed', ({ event, error }) => {
      // The errors of its observers may contain the text of a message.
      const { name, code, at } = loggableError(error)
      log.error({ event, error: { name, code, at } }, 'listener failed')
    })
    this.#plugin = { id, instance: '', state, ...given, only: {}, handlers: specs }
    this.#registry = createRegistry([this.#plugin])
  }

  /** Calls a handler as the server does. */
  call(n: number, { instance, callback, call }: CallRequest): Promise<Returned> | Returned {
    const { command, sdkAppId } = callback
    const route = this.#registry?.route(sdkAppId, command)
    const subscription = route?.subscriptions[0]
    if (!this.#plugin || !route || !subscription) throw new Error(`the plugin no longer has a handler for ${command}`)
    this.#plugin.instance = instance
    const signal = new LazySignal()
    this.#signals.set(n, signal)
    const returned = callHandler(callback, route, subscription, { ...call, signal })
    const isBefore = route.phase === 'before'
    return isThenable(returned)
      ? Promise.resolve(returned).then((late) => returnedOf(late, isBefore))
      : returnedOf(returned, isBefore)
  }

  /** The call has ended, so its signal no longer fires. */
  ended(n: number): void {
    this.#signals.delete(n)
  }

  abort(n: number, error: WireError): void {
    this.#signals.get(n)?.abort(asError(error))
    // It may never settle.
    this.#signals.delete(n)
  }

  /** Runs a view, with a store that the server has made for it. */
  async command({ name, given, json, apps }: CommandRequest): Promise<CommandResult> {
    const { plugin, options } = this.#loaded()
    const command = plugin.commands?.[name]
    if (!command) throw new Error(`the plugin has no command ${name} any more`)
    let printed = ''
    const rows = await command.run({
      given,
      options,
      store: createRemoteStore(this.#server),
      apps,
      rest: createRemoteRest(this.#server),
      json,
      print: (_, text) => void (printed += text),
      table: (rows) => JSON.stringify(rows),
      // The thread ends when the view's time is up.
      signal: this.#stopping.signal,
    })
    return { rows, printed }
  }

  observe(on: string, name: string, event: unknown): void {
    const data = on.endsWith(':*') ? { name, data: event } : withErrors(event)
    this.#bus.emit(on as `plugin:${string}`, data)
  }

  stop(error: WireError): void {
    this.#stopping.abort(asError(error))
  }

  async close(): Promise<void> {
    this.#stopping.abort(new Error('the plugin is closed'))
    await this.#examined?.plugin.close?.(this.#plugin?.state)
  }

  #loaded(): Examined {
    if (!this.#examined) throw new Error('the plugin is not loaded')
    return this.#examined
  }
}

function returnedOf(returned: unknown, isBefore: boolean): Returned {
  if (!isBefore || returned === undefined) return undefined
  if (!(returned instanceof Verdict)) return { outcome: undefined }
  const { outcome, code, info, fields, fault } = returned
  return { outcome, code, info, ...(fields && { fields }), ...(fault !== undefined && { fault }) }
}

function asError(wire: WireError): Error {
  const error = decodeError(wire)
  return error instanceof Error ? error : new Error(String(error))
}

/** Restores errors in an event, which came as data. */
function withErrors(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('error' in event)) return event
  const { error } = event
  const isWire = typeof error === 'object' && error !== null && 'data' in error && 'stack' in error
  return isWire ? { ...event, error: decodeError(error as WireError) } : event
}
