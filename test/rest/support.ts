import { createRestClient } from '../../core/rest/client/create-client.ts'
import type { Clock } from '../../core/rest/pace/clock.ts'
import type { RestCalled, RestPaused } from '../../core/rest/client/observer.ts'
import type { Rest } from '../../core/rest/calls/rest.ts'
import { RestError } from '../../core/rest/client/rest-error.ts'
import type { RestSettings } from '../../core/rest/client/settings.ts'
import { startFake, type FakeSettings, type FakeTencent } from '../fakes/tencent-rest/fake.ts'
import { makeGroup, type Group } from '../fakes/tencent-rest/groups.ts'
import { stopAfterTest } from '../harness/hooks.ts'

/** A clock on which a sleep is over as soon as everybody sleeps. */
export class TestClock implements Clock {
  #now = 1_700_000_000_000
  #sleepers: { at: number; wake: () => void }[] = []
  /** How long each sleep was, in milliseconds. */
  readonly sleeps: number[] = []

  now(): number {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms)
    return new Promise((wake, fail) => {
      if (this.#sleepers.length === 0) setImmediate(() => this.#pump())
      const sleeper = { at: this.#now + ms, wake }
      this.#sleepers.push(sleeper)
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
        fail(signal.reason)
      })
    })
  }

  #pump(): void {
    const [first, ...others] = this.#sleepers.toSorted((a, b) => a.at - b.at)
    if (!first) return
    this.#sleepers = others
    this.#now = Math.max(this.#now, first.at)
    first.wake()
    if (others.length > 0) setImmediate(() => this.#pump())
  }
}

/** A clock on which no sleep ends; it tells when one has begun. */
export class StillClock extends TestClock {
  readonly #asleep: () => void

  constructor(asleep: () => void) {
    super()
    this.#asleep = asleep
  }

  override sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms)
    setImmediate(this.#asleep)
    return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
  }
}

export interface Bench {
  readonly fake: FakeTencent
  readonly rest: Rest
  readonly clock: TestClock
  readonly called: RestCalled[]
  readonly paused: RestPaused[]
  readonly stopping: AbortController
}

export const GROUP_ID = '@TGS#g'

function smallGroup(): Group {
  return makeGroup({ id: GROUP_ID })
}

/** The fake and a client of it, on one clock. The fake is stopped when the test is over. */
export async function bench(
  settings: FakeSettings = {},
  client: Partial<RestSettings> & { clock?: TestClock } = {},
): Promise<Bench> {
  const { clock = new TestClock(), ...own } = client
  const fake = await startFake({ groups: [smallGroup()], now: () => clock.now(), ...settings })
  stopAfterTest(() => fake.close())
  const [called, paused]: [RestCalled[], RestPaused[]] = [[], []]
  const stopping = new AbortController()
  const observer = {
    called: (event: RestCalled) => called.push(event),
    paused: (event: RestPaused) => paused.push(event),
  }
  const { url: baseUrl, sdkAppId, secretKey, identifier } = fake
  const rest = createRestClient(
    { baseUrl, sdkAppId, secretKey, identifier, ...own },
    { observer, signal: stopping.signal, clock, random: () => 1 },
  )
  return { fake, rest, clock, called, paused, stopping }
}

/** The error that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<RestError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RestError) return error
  throw new Error('expected a RestError', { cause: error })
}

/** A call that may be repeated. */
export function roles(rest: Rest, options = {}): Promise<unknown> {
  return rest.getRoleInGroup({ GroupId: GROUP_ID, User_Account: ['g-0', 'nobody'] }, options)
}
