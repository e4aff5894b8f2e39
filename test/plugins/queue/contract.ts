import { expect } from 'chai'
import { FULL, full } from '../../harness/plugin.ts'
import { eventsOf, serve, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'
import type { Taken, TestBroker } from './brokers.ts'

const GROUPS = 20
const ROUNDS = 10

/** A server with the plugin and these options. */
export function queueing(options: object, more: object = {}): Promise<TestServer> {
  return serve({ plugins: [{ use: 'queue', options, ...more }] })
}

/** Posts callbacks to many groups, some rounds of them, and returns once all are stored. */
export async function load({ post }: TestServer, rounds = ROUNDS, first = 0): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const posts = Array.from({ length: GROUPS }, (_, group) =>
      post(FULL, full({ GroupId: `@TGS#群${group}`, n: first + round })),
    )
    for (const { status } of await Promise.all(posts)) expect(status).to.equal(200)
  }
}

/** What every broker has to do for us. `broker` gives the one of this suite. */
export function behavesAsQueue(
  broker: () => TestBroker,
  resultOf: { readonly partitionOf: (taken: Taken) => string },
): void {
  it('gets the body byte for byte, with the id of the callback, its command and its order key', async () => {
    await broker().prepare()
    const server = await queueing({ url: broker().url })
    const done = server.bus.next('handler:done')
    const body = `{ "CallbackCommand":"${FULL}","GroupId":"@TGS#群","EventTime":1,"Big":123456789012345678901234567890 }`
    await server.post(FULL, body, { ClientIP: '10.1.2.3', OptPlatform: 'iOS' })
    const { id } = await done
    const [taken, ...others] = await broker().read()
    expect(others).to.deep.equal([])
    expect(taken).to.include({ id, body })
    const names = Object.entries(taken?.headers ?? {}).map(([name, value]) => [name.replace('timhook-', ''), value])
    expect(Object.fromEntries(names)).to.include({
      app: String(UNSIGNED_APP),
      command: FULL,
      key: `${UNSIGNED_APP}/group/%40TGS%23%E7%BE%A4`,
      'client-ip': '10.1.2.3',
      platform: 'iOS',
    })
    expect(taken?.subject).to.be.oneOf([`timhook.${UNSIGNED_APP}.${FULL}`, 'timhook'])
  })

  it('that is killed under load and restarted gets everything, in order, each in its first attempt', async () => {
    await broker().prepare()
    const server = await queueing({ url: broker().url }, { retry: { attempts: 1 } })
    const handled = handledBy(server)
    const held = eventsOf(server.bus, 'plugin:held')
    await load(server)
    const loading = load(server, ROUNDS, ROUNDS)
    await broker().kill()
    const isHeld = held.length > 0 ? undefined : server.bus.next('plugin:held')
    await loading
    await load(server, ROUNDS, 2 * ROUNDS)
    await isHeld
    const resumed = server.bus.next('plugin:resumed')
    await broker().start()
    await resumed
    const attempts = await handled(3 * ROUNDS * GROUPS)
    expect(held).to.have.length(1)
    expect(new Set(attempts)).to.deep.equal(new Set([1]))
    expectOrder(await broker().read(), 3 * ROUNDS)
  })

  it('that hangs costs backlog only', async () => {
    await broker().prepare()
    const server = await queueing({ url: broker().url, timeout: '500ms' }, { retry: { attempts: 1 } })
    const handled = handledBy(server)
    await load(server, 1)
    await handled(GROUPS)
    const held = server.bus.next('plugin:held')
    broker().signal('SIGSTOP')
    try {
      await load(server, 2, 1)
      expect((await held).reason).to.match(/has not acknowledged in time|cannot be reached/)
    } finally {
      broker().signal('SIGCONT')
    }
    await handled(3 * GROUPS)
    expectOrder(await broker().read(), 3)
  })

  it('that is down at the start gets the callbacks once it is back', async () => {
    await broker().prepare()
    await broker().kill()
    const server = await queueing({ url: broker().url }, { retry: { attempts: 1 } })
    expect(server.lines.some((line) => line.includes('the broker is down'))).to.equal(true)
    const handled = handledBy(server)
    await load(server, 1)
    await broker().start()
    await handled(GROUPS)
    expectOrder(await broker().read(), 1)
  })

  it('is spread over partitions by the order key', async () => {
    await broker().prepare(3)
    const server = await queueing({ url: broker().url, partitions: 3 })
    const handled = handledBy(server)
    await load(server, 3)
    await handled(3 * GROUPS)
    const parts = await Promise.all([0, 1, 2].map((partition) => broker().read(partition)))
    const groups = parts.map((part) => new Set(part.map(groupOf)))
    expect(groups.map(({ size }) => size).reduce((sum, size) => sum + size)).to.equal(GROUPS)
    for (const { size } of groups) expect(size).to.be.above(0)
    expectOrder(parts.flat(), 3)
    for (const [at, part] of parts.entries())
      for (const taken of part) expect(resultOf.partitionOf(taken)).to.equal(String(at))
  })

  it('that refuses the password makes the start fail', async () => {
    const failed = await queueing({ url: broker().wrong }).then(
      () => undefined,
      (error: unknown) => error as Error,
    )
    const told = `${failed?.message} ${(failed?.cause as Error | undefined)?.message}`
    expect(told).to.contain('refuses us')
    expect(told).not.to.contain('other')
  })
}

/** The value of a counter of the plugin, by result. */
export function counted({ server }: TestServer): Record<string, number> {
  const series = server.running.counters.list().flatMap(({ series: all }) => [...all.values()])
  return Object.fromEntries(series.map(({ labels, value }) => [labels?.['result'] ?? '', value]))
}

/**
 * Returns a function that waits until so many callbacks are handled, and resolves with the attempt of each.
 * @throws Error with why, once one is dead
 */
function handledBy({ bus }: TestServer): (count: number) => Promise<number[]> {
  const attempts: number[] = []
  const died = new Promise<never>((_, reject) => {
    bus.on('callback:dead', ({ error }) => reject(new Error(`a callback is dead: ${error}`)))
  })
  // One may die while nothing waits.
  died.catch(() => undefined)
  bus.on('handler:done', ({ attempt }) => void attempts.push(attempt))
  return async (count) => {
    while (attempts.length < count) await Promise.race([died, bus.next('handler:done')])
    return Promise.race([died, Promise.resolve(attempts)])
  }
}

function groupOf({ body }: Taken): string {
  return (JSON.parse(body) as { GroupId: string }).GroupId
}

/** Each group has its rounds, in order. What was under way when a connection was lost may have come twice. */
function expectOrder(taken: readonly Taken[], rounds: number): void {
  const byGroup = new Map<string, number[]>()
  const seen = new Set<string>()
  for (const one of taken) {
    if (seen.has(one.id)) continue
    seen.add(one.id)
    const { n } = JSON.parse(one.body) as { n: number }
    byGroup.set(groupOf(one), [...(byGroup.get(groupOf(one)) ?? []), n])
  }
  expect(byGroup.size).to.equal(GROUPS)
  const expected = Array.from({ length: rounds }, (_, at) => at)
  for (const numbers of byGroup.values()) expect(numbers).to.deep.equal(expected)
}
