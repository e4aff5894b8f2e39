import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { PostgresClient } from '../../core/store/postgres/client.ts'
import { migrate, STORE_TABLES } from '../../core/store/postgres/migrate.ts'
import { sql } from '../../core/store/postgres/sql.ts'
import { createPostgresStores } from '../../core/store/postgres/stores.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { connecting } from '../harness/servers/postgres-client.ts'
import { describeWithPostgres, sharedPostgres, startPostgres } from '../harness/servers/postgres.ts'
import { eventually } from '../delivery/engines/redis/run-redis.ts'
import { describeStore } from './contract.ts'

async function opened(settings: { url: string; schema?: string }): Promise<PostgresClient> {
  const postgres = await connecting().open(settings)
  await migrate(postgres, [STORE_TABLES])
  return postgres
}

describeWithPostgres('on a real PostgreSQL', () => {
  const shared = sharedPostgres()

  describeStore('postgres', async (now) => createPostgresStores(await opened(shared()), now))

  describe('the store of a plugin, postgres', () => {
    it('goes by the clock of PostgreSQL', async () => {
      const postgres = await opened(shared())
      const store = createPostgresStores(postgres).of('one')
      await store.set('kept', 1, { ttlMs: 60_000 })
      await store.set('gone', 1, { ttlMs: 0 })
      expect([await store.get('kept'), await store.get('gone')]).to.deep.equal([1, undefined])
      expect((await store.lease('job', 60_000))?.fence).to.equal(1)
      expect(await store.lease('job', 60_000)).to.equal(undefined)
      await store.record('kind', 'x')
      expect((await store.records('kind'))[0]?.at).to.be.closeTo(Date.now(), 60_000)
    })

    it('keeps what no text of PostgreSQL can have', async () => {
      const store = createPostgresStores(await opened(shared())).of('o\u0000ne')
      const value = { text: 'a\u0000b', half: '\ud800', quote: `'"\\`, many: 'ä中\u{1f600}' }
      await store.set('k\u0000', value)
      expect(await store.get('k\u0000')).to.deep.equal(value)
      expect(await store.list('k')).to.deep.equal([{ key: 'k\ufffd', value }])
    })

    it('is the same for every process with the same schema, and there after PostgreSQL was killed', async () => {
      const server = await startPostgres()
      const open = async (schema: string) => {
        const postgres = await opened({ url: server.url, schema })
        return { postgres, store: createPostgresStores(postgres).of('a:b') }
      }
      const [{ store: one }, { store: other }, { store: stranger }] = [
        await open('p'),
        await open('p'),
        await open('Another "one"'),
      ]
      const add = (value: unknown): number => Number(value ?? 0) + 1
      await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).update('n', add)))
      expect([await one.get('n'), await other.get('n'), await stranger.get('n')]).to.deep.equal([20, 20, undefined])
      const leases = await Promise.all([one.lease('job', 60_000), other.lease('job', 60_000)])
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1)
      await server.restart()
      const { store: again } = await open('p')
      expect(await again.get('n')).to.equal(20)
      expect(await again.lease('job', 60_000)).to.equal(undefined)
    })

    it('runs again what PostgreSQL has rolled back to break a deadlock', async () => {
      const postgres = await opened(shared())
      await postgres.query(
        sql('make', 'CREATE TABLE {schema}.counts AS SELECT n, 0 AS count FROM generate_series(0, 1) n'),
      )
      const add = (n: number) => sql(`add-${n}`, `UPDATE {schema}.counts SET count = count + 1 WHERE n = ${n}`)
      const tries = { begun: 0 }
      const inOrder = (first: number, second: number): Promise<unknown> =>
        postgres.transaction(async (session) => {
          await session.query(add(first))
          tries.begun++
          while (tries.begun < 2) await delay(5)
          return session.query(add(second))
        })
      await Promise.all([inOrder(0, 1), inOrder(1, 0)])
      expect(tries.begun).to.equal(3)
      expect(await postgres.query(sql('read', 'SELECT count FROM {schema}.counts'))).to.deep.equal([
        { count: 2 },
        { count: 2 },
      ])
    })

    it('lists keys in the order of every engine', async () => {
      const store = createPostgresStores(await opened(shared())).of('one')
      const keys = Array.from({ length: 300 }, (_, n) => `k${n}`)
      await Promise.all([...keys, 'j', 'l', 'k\u{1f600}', 'k\uffff', 'k%', 'k_'].map((key) => store.set(key, key)))
      const listed = (await store.list('k')).map(({ key }) => key)
      expect(listed).to.deep.equal([...keys, 'k\u{1f600}', 'k\uffff', 'k%', 'k_'].toSorted())
      expect(await store.list('')).to.have.length(306)
    })

    it('fails at once while PostgreSQL is away, without a word of what was to be kept, and works when it is back', async () => {
      const server = await startPostgres()
      const { lines, ...to } = connecting()
      const postgres = await to.open({ url: server.url })
      await migrate(postgres, [STORE_TABLES])
      const store = createPostgresStores(postgres).of('one')
      await store.set('a', 1)
      await server.kill()
      const failed = await store.set('a', 'a secret text').catch((error: unknown) => error as Error)
      expect(failed).to.include({ code: 'STORE_UNREACHABLE' })
      expect(JSON.stringify(failed)).not.to.contain('secret text')
      await server.start()
      await eventually(
        () =>
          store.set('a', 2).then(
            () => true,
            () => false,
          ),
        (isSet) => isSet,
      )
      expect(await store.get('a')).to.equal(2)
      await postgres.check()
      expect(lines.filter((line) => line.includes('is away'))).to.have.length(1)
      expect(lines.filter((line) => line.includes('"info"'))).to.have.length(1)
    })

    it('does not wait for ever for a PostgreSQL that hangs, and connects anew', async () => {
      const server = await startPostgres()
      const postgres = await connecting({ silentMs: 300 }).open({ url: server.url })
      await migrate(postgres, [STORE_TABLES])
      const store = createPostgresStores(postgres).of('one')
      await store.set('a', 1)
      server.signal('SIGSTOP')
      stopAfterTest(async () => server.signal('SIGCONT'))
      expect(await store.get('a').catch((error: unknown) => error)).to.include({ code: 'STORE_UNREACHABLE' })
      server.signal('SIGCONT')
      expect(
        await eventually(
          () => store.get('a').catch(() => undefined),
          (value) => value !== undefined,
        ),
      ).to.equal(1)
    })

    it('refuses by name once it is closed', async () => {
      const postgres = await opened(shared())
      const store = createPostgresStores(postgres).of('one')
      await postgres.close()
      expect(await store.get('a').catch((error: unknown) => error)).to.include({ code: 'STORE_CLOSED' })
    })
  })

  describe('the tables of timhook in PostgreSQL', () => {
    it('are made by servers that start together, once', async () => {
      const settings = shared()
      const all = await Promise.all(Array.from({ length: 4 }, () => connecting().open(settings)))
      await Promise.all(all.map((postgres) => migrate(postgres, [STORE_TABLES])))
      const store = createPostgresStores(all[3] ?? expect.fail()).of('one')
      await store.set('a', 1)
      expect(await store.get('a')).to.equal(1)
    })

    it('are brought up to date, one step after the other, or not at all', async () => {
      const settings = shared()
      const postgres = await opened(settings)
      const store = createPostgresStores(postgres).of('one')
      await store.set('a', 1)
      const [second, third] = ['CREATE TABLE {schema}.two (n int)', 'INSERT INTO {schema}.two VALUES (3)']
      const failed = await migrate(postgres, [STORE_TABLES, second, 'SELECT 1 / 0']).catch((error: unknown) => error)
      expect(failed).to.include({ code: 'STORE_UNUSABLE' })
      await migrate(await connecting().open(settings), [STORE_TABLES, second, third])
      await migrate(postgres, [STORE_TABLES, second, third])
      expect(await postgres.query({ name: 'two', text: 'SELECT n FROM {schema}.two' })).to.deep.equal([{ n: 3 }])
      expect(await store.get('a')).to.equal(1)
    })

    it('are refused by name where a newer timhook has made them, or others have some with our names', async () => {
      const settings = shared()
      const postgres = await opened(settings)
      await migrate(postgres, [STORE_TABLES, 'SELECT 1'])
      const newer = await migrate(postgres, [STORE_TABLES]).catch((error: unknown) => error as Error)
      expect(newer).to.include({ code: 'STORE_NEWER' })
      expect(newer?.message).to.contain('has version 2').and.contain('knows 1')
      const others = await connecting().open(shared())
      await others.query({ name: '', text: 'CREATE SCHEMA {schema}; CREATE TABLE {schema}.kv (n int)' })
      expect(await migrate(others, [STORE_TABLES]).catch((error: unknown) => error)).to.include({
        code: 'STORE_FOREIGN',
      })
    })
  })
})
