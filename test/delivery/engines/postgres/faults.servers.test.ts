import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { createLogger } from '../../../../core/observe/log.ts'
import { openPostgres, type PostgresClient } from '../../../../core/store/postgres/client.ts'
import { PostgresLog } from '../../../../core/delivery/engines/postgres/log.ts'
import { makeSchema } from '../../../../core/delivery/engines/postgres/schema.ts'
import type { NewLease } from '../../../../core/delivery/callback-log.ts'
import { Bus } from '../../../../core/observe/bus.ts'
import { deferred, entry, FULL } from '../../../harness/plugin.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from '../../../harness/servers/postgres.ts'
import { serve } from '../../../harness/server.ts'
import { eventually } from '../redis/run-redis.ts'
import { runPostgres } from './run-postgres.ts'

interface Producing {
  readonly acknowledged: Set<number>
  /** Resolves once so many more were acknowledged. */
  readonly more: (count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Accepts callbacks one after another in each of several groups, until it is stopped. */
function produce(accept: (n: number, group: string) => Promise<void>): Producing {
  const acknowledged = new Set<number>()
  const stopping = new AbortController()
  let n = 0
  const producer = async (_: unknown, of: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const mine = n++
      try {
        await accept(mine, `g${of}`)
        acknowledged.add(mine)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  }
  const producers = Promise.all(Array.from({ length: 8 }, producer))
  return {
    acknowledged,
    async more(count) {
      const enough = acknowledged.size + count
      await eventually(
        async () => acknowledged.size,
        (size) => size >= enough,
      )
    },
    async stop() {
      stopping.abort()
      await producers
    },
  }
}

async function missingOf(acknowledged: ReadonlySet<number>, seen: ReadonlySet<number>): Promise<number> {
  return eventually(
    async () => [...acknowledged].filter((n) => !seen.has(n)).length,
    (count) => count === 0,
  )
}

describeWithPostgres('a PostgreSQL that goes away', () => {
  it('makes callbacks be refused with 503, and taken again by itself when it is back', async () => {
    const server = await startPostgres()
    const seen: number[] = []
    const { post, bus, lines } = await serve({
      delivery: { engine: 'postgres', postgres: { url: server.url } },
      plugins: [entry('sees', { [FULL]: async ({ body }) => void seen.push(body.EventTime ?? 0) })],
    })
    await server.kill()
    const failed = bus.next('delivery:failed')
    const { status } = await post(FULL, { GroupId: '@TGS#a', EventTime: 1 })
    expect(status).to.equal(503)
    expect((await failed).error).to.include({ code: 'STORE_UNREACHABLE' })
    await server.start()
    const handled = bus.next('handler:done')
    await eventually(
      async () => (await post(FULL, { GroupId: '@TGS#a', EventTime: 7 })).status,
      (answered) => answered === 200,
    )
    await handled
    expect(seen).to.deep.equal([7])
    expect(lines.join('')).not.to.match(/TGS/)
  })

  it('has as many callbacks wait as fit into memory while it hangs, and gets all of them afterwards', async () => {
    const server = await startPostgres()
    const seen = new Set<number>()
    const { accept } = await runPostgres(server, { one: (n) => void seen.add(n) })
    const acknowledged = new Set<number>()
    const refused: unknown[] = []
    const send = async (n: number): Promise<void> => {
      await accept(n, `g${n % 100}`).then(
        () => acknowledged.add(n),
        (error: unknown) => refused.push(error),
      )
    }
    await send(0)
    server.signal('SIGSTOP')
    const sent = Array.from({ length: 20_100 }, (_, n) => send(n + 1))
    await eventually(
      async () => refused.length,
      (count) => count === 100,
    )
    expect(String(refused[0])).to.contain('too much waits')
    server.signal('SIGCONT')
    await Promise.all(sent)
    await send(30_000)
    expect(acknowledged.size).to.equal(20_002)
    expect(refused).to.have.length(100)
    expect(await missingOf(acknowledged, seen)).to.equal(0)
  })

  it('loses nothing that was acknowledged when it is killed under load, and started again', async () => {
    const server = await startPostgres()
    const seen = new Set<number>()
    const run = await runPostgres(server, { one: (n) => void seen.add(n) })
    const producing = produce(run.accept)
    for (let round = 0; round < 3; round++) {
      await producing.more(200)
      await server.restart()
    }
    await producing.more(200)
    await producing.stop()
    expect(await missingOf(producing.acknowledged, seen)).to.equal(0)
  })
})

describeWithPostgres('a PostgreSQL with a synchronous standby', () => {
  it('loses nothing that was acknowledged when its machine is lost and the standby is promoted', async () => {
    const primary = await startPostgres()
    const standby = await startPostgres({ standbyOf: primary })
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await primary.sql('SELECT pg_reload_conf()')
    await eventually(
      () => primary.sql('SELECT sync_state FROM pg_stat_replication'),
      ([row]) => row?.['sync_state'] === 'sync',
    )
    const url = primary.url.replace(/@[^/]*/, `@127.0.0.1:${primary.port},127.0.0.1:${standby.port}`)
    const seen = new Set<number>()
    const run = await runPostgres({ url }, { one: (n) => void seen.add(n) })
    const producing = produce(run.accept)
    await producing.more(300)
    await primary.kill()
    await standby.sql('SELECT pg_promote()')
    await producing.more(300)
    await producing.stop()
    expect(await missingOf(producing.acknowledged, seen)).to.equal(0)
    const [{ count } = {}] = await standby.sql('SELECT count(*)::int AS count FROM timhook.callbacks')
    expect(count).to.be.at.least(producing.acknowledged.size)
  })
})

/** A log as one process has it, with the leases that it was given. */
async function openLog(server: PostgresServer): Promise<{ log: PostgresLog; leases: readonly NewLease[] }> {
  const postgres: PostgresClient = await openPostgres(
    { url: server.url, schema: 'timhook', durability: 'strict' },
    { log: createLogger({ level: 'silent' }) },
  )
  stopAfterTest(() => postgres.close())
  await makeSchema(postgres)
  const retention = { age: 1e9, size: 1e12, deadLetters: 1e9 }
  const deps = { postgres, schema: 'timhook', plugins: ['one'], bus: new Bus(), resendWindow: 600_000, retention }
  const log = new PostgresLog({ ...deps, pace: { leaseMs: 200 } })
  await log.open({ appending: () => undefined, notified: () => undefined, freed: () => undefined })
  stopAfterTest(() => log.close())
  const { taken } = await log.lease({ plugins: ['one'], held: [], returned: [], isLeaving: false })
  return { log, leases: taken }
}

describeWithPostgres('a former owner of a partition in PostgreSQL', () => {
  it('settles nothing any more once another process has its lease', async () => {
    const server = await startPostgres()
    const { log: former, leases } = await openLog(server)
    const [lease] = leases
    if (!lease) throw new Error('no lease')
    const done = { lease, finished: 0, changes: [['done', 5, 7] as const] }
    expect(await former.settle([done])).to.deep.equal([true])
    let taken: readonly NewLease[] = []
    const { log: owner } = await openLog(server)
    await eventually(
      async () => {
        const reply = await owner.lease({ plugins: ['one'], held: taken, returned: [], isLeaving: false })
        taken = [...taken, ...reply.taken]
        return taken.find(({ partition }) => partition === lease.partition)
      },
      (found) => found !== undefined,
    )
    const newer = taken.find(({ partition }) => partition === lease.partition)
    expect(newer).to.include({ clean: false })
    expect(newer?.fence).to.be.above(lease.fence)
    const changes = [['cursor', 9] as const, ['dead', 9, { attempts: 1, error: 'x', at: 1, isFault: false }] as const]
    expect(await former.settle([{ lease, finished: 0, changes }])).to.deep.equal([false])
    const [cursor] = await server.sql(`SELECT seq::int FROM timhook.cursors WHERE partition = ${lease.partition}`)
    expect(cursor).to.deep.equal({ seq: 0 })
    expect(await server.sql('SELECT * FROM timhook.dead_letters')).to.deep.equal([])
    const reply = await former.lease({ plugins: ['one'], held: leases, returned: [], isLeaving: false })
    expect(reply.lost.map(({ partition }) => partition)).to.include(lease.partition)
  })
})

describeWithPostgres('a reply of PostgreSQL that is lost', () => {
  it('is asked for again, and what was stored is neither stored twice nor taken for a resend', async () => {
    const server = await startPostgres()
    const proxy = await loseReplies(server.port)
    const seen: number[] = []
    const all = deferred()
    const url = server.url.replace(/:\d+\//, `:${proxy.port}/`)
    const run = await runPostgres({ url }, { one: (n) => void (seen.push(n) === 40 && all.resolve()) })
    let resent = 0
    run.bus.on('callback:resent', () => void resent++)
    for (let n = 0; n < 40; n++) {
      if (n % 10 === 5) proxy.loseNext()
      await run.accept(n)
    }
    await all.promise
    expect(proxy.lost()).to.equal(4)
    expect(seen).to.deep.equal(Array.from({ length: 40 }, (_, n) => n))
    expect(resent).to.equal(0)
    const [stored] = await server.sql(
      'SELECT count(*)::int AS count, sum(resends)::int AS resends FROM timhook.callbacks',
    )
    expect(stored).to.deep.equal({ count: 40, resends: 0 })
  })
})

/** Stands before a PostgreSQL. Cuts the connection off that carries an append, once its reply has come. */
async function loseReplies(port: number) {
  let isLosing = false
  let lost = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let isAppending = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.on('data', (chunk) => {
      if (isLosing && chunk.includes('EventTime')) isAppending = true
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!isAppending) {
        client.write(chunk)
        return
      }
      isAppending = false
      isLosing = false
      lost++
      client.destroy()
      upstream.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stopAfterTest(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as AddressInfo).port,
    loseNext: () => void (isLosing = true),
    lost: () => lost,
  }
}
