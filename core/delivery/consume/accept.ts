import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type Callback, storedOf } from '../../callback/callback.ts'
import { TimhookError } from '../../errors.ts'
import { Completion } from '../../lib/completion.ts'
import { onTick, TickBatch } from '../../lib/tick-batch.ts'
import type { AfterRoute } from '../../registry.ts'
import type { Append, CallbackLog } from '../callback-log.ts'
import type { Delivery } from '../delivery.ts'
import { isExpendable } from '../ingest/expendable.ts'
import { shortFingerprint } from '../ingest/fingerprint.ts'
import type { Identified } from '../ingest/identify.ts'
import { orderOf, partitionOf } from '../ingest/order-key.ts'
import type { Consumer } from './consumer.ts'

/** The most callbacks, and characters of their bodies, that wait for a store that hangs, so that they fit into memory. */
const MAX_WAITING = 20_000
const MAX_WAITING_CHARACTERS = 64_000_000

interface AcceptDeps {
  readonly bus: Bus
  readonly log: Pick<CallbackLog, 'append'>
  /** Whether stored callbacks are lost with the process. Then there is nothing to wait for. */
  readonly isVolatile: boolean
  readonly identify: (callback: Callback) => Identified
  /** By plugin. */
  readonly consumers: ReadonlyMap<string, Consumer>
  readonly partitions: () => number
}

/** The consumers that get the callbacks of a route, and those that do not. */
interface Receivers {
  readonly own: readonly Consumer[]
  readonly others: readonly Consumer[]
  /** The plugins, sorted, as JSON. */
  readonly text: string
  readonly isKnown: boolean
}

const NOBODY: Receivers = { own: [], others: [], text: '[]', isKnown: false }

/** Creates `accept`, which appends the callbacks of one event-loop tick together and hands them to the consumers. */
export function createAccept({
  bus,
  log,
  isVolatile,
  identify,
  consumers,
  partitions,
}: AcceptDeps): Delivery['accept'] {
  // Pump after the HTTP answers, so that a handler that blocks the event loop does not delay them. Answers that do not
  // wait for the log are out by then.
  const arrived = new TickBatch<readonly Consumer[]>(
    (all) => {
      for (const own of new Set(all)) for (const consumer of own) consumer.pump()
    },
    isVolatile ? onTick : setImmediate,
  )
  /** Computed once for each route. */
  const byRoute = new WeakMap<AfterRoute, Receivers>()
  const receiversFor = (route: AfterRoute): Receivers => {
    const known = byRoute.get(route)
    if (known) return known
    const made = receiversOf(route, [...consumers.values()])
    byRoute.set(route, made)
    return made
  }

  let waiting = 0
  let characters = 0

  /** An incoming callback: what the log stores, and where it goes once it is stored. Resolves once it is durable. */
  class Arrival extends Completion<void> implements Append {
    readonly callback: Callback
    readonly route: AfterRoute
    partition = 0
    identity = ''
    identifiesEvent = false
    key: string | undefined
    maybeResend = false
    entry = 0
    #receivers = NOBODY
    #isWaiting = false

    constructor(callback: Callback, route: AfterRoute) {
      super()
      this.callback = callback
      this.route = route
    }

    get id(): string {
      return this.callback.id
    }
    get sdkAppId(): number {
      return this.callback.sdkAppId
    }
    get command(): string {
      return this.callback.command
    }
    get receivedAt(): number {
      return this.callback.receivedAt
    }
    get signed(): boolean {
      return this.callback.signed
    }
    get query(): string {
      return this.callback.query
    }
    get raw(): string {
      return this.callback.raw
    }
    get body(): Callback['body'] {
      return this.callback.body
    }
    get plugins(): string {
      return this.#receivers.text
    }
    get expendable(): boolean {
      return isExpendable(this.callback.signed, this.#receivers.isKnown)
    }

    /** Returns whether it could be fingerprinted. */
    identify(): boolean {
      try {
        const { fingerprint, identifiesEvent } = identify(this.callback)
        this.identity = shortFingerprint(fingerprint)
        this.identifiesEvent = identifiesEvent
        return true
      } catch (error) {
        this.reject(error)
        return false
      }
    }

    append(): void {
      try {
        const { callback, route, identity } = this
        this.#receivers = receiversFor(route)
        this.key = orderOf(callback, route)
        this.#enter()
        this.partition = partitionOf(this.key ?? identity, partitions())
        log.append(this)
      } catch (error) {
        this.reject(error)
      }
    }

    stored(seq: number): void {
      const { own, others } = this.#receivers
      const { key, maybeResend, entry, partition } = this
      const callback = storedOf(this.callback)
      const parsed = this.callback.reading
      const shared = { seq, callback, key, maybeResend, entry, resends: 0, parsed, takers: own.length }
      for (const consumer of own) consumer.stored(partition, seq, shared)
      for (const consumer of others) consumer.stored(partition, seq, undefined)
      this.resolve()
      arrived.add(own)
    }

    repeats(firstId: string, resends: number): void {
      // The fingerprint covers app and command, so both callbacks have the same.
      bus.emit('callback:resent', { ...aboutOf(this.callback), id: firstId, resends })
      if (this.identifiesEvent) this.resolve()
    }

    failed(error: unknown): void {
      this.reject(error)
    }

    override resolve(): void {
      this.#leave()
      super.resolve()
    }

    override reject(error: unknown): void {
      this.#leave()
      if (isVolatile) bus.emit('delivery:failed', { ...aboutOf(this.callback), error })
      super.reject(error)
    }

    #enter(): void {
      if (waiting >= MAX_WAITING || characters >= MAX_WAITING_CHARACTERS) {
        throw new TimhookError('STORE_UNUSABLE', 'the store does not answer, and too much waits for it')
      }
      waiting++
      characters += this.raw.length
      this.#isWaiting = true
    }

    #leave(): void {
      if (!this.#isWaiting) return
      waiting--
      characters -= this.raw.length
      this.#isWaiting = false
    }
  }

  // All callbacks of a tick are fingerprinted before the next step: see filterMap. One that fails is rejected alone.
  const taken = new TickBatch<Arrival>((all) => {
    for (const arrival of all.filter((one) => one.identify())) arrival.append()
  }, onTick)
  return (callback, route) => {
    const arrival = new Arrival(callback, route)
    taken.add(arrival)
    return isVolatile ? undefined : arrival
  }
}

function receiversOf({ subscriptions, known }: AfterRoute, consumers: readonly Consumer[]): Receivers {
  const ids = subscriptions.map(({ plugin }) => plugin.id)
  return {
    own: consumers.filter(({ plugin }) => ids.includes(plugin)),
    others: consumers.filter(({ plugin }) => !ids.includes(plugin)),
    text: JSON.stringify(ids.toSorted()),
    isKnown: known,
  }
}
