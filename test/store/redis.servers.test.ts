import { once } from 'node:events'
import { expect } from 'chai'
import { openStores } from '../../core/delivery/engines/open-stores.ts'
import type { RedisClient } from '../../core/store/redis/client.ts'
import { createRedisStores } from '../../core/store/redis/stores.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { describeWithRedis, startRedis } from '../harness/servers/redis.ts'
import { connecting } from '../harness/servers/redis-client.ts'
import { describeStore } from './contract.ts'

describeWithRedis('on a real Redis', () => {
  describeStore('redis', async (now) => {
    const { url } = await startRedis()
    return createRedisStores(await connecting().open({ url }), now)
  })

  describe('the store of a plugin, redis', () => {
    it('goes by the clock of Redis', async () => {
      const redis = await connecting().open({ url: (await startRedis()).url })
      const store = createRedisStores(redis).of('one')
      await store.set('kept', 1, { ttlMs: 60_000 })
      await store.set('gone', 1, { ttlMs: 0 })
      expect([await store.get('kept'), await store.get('gone')]).to.deep.equal([1, undefined])
      expect((await store.lease('job', 60_000))?.fence).to.equal(1)
      expect(await store.lease('job', 60_000)).to.equal(undefined)
      await store.record('kind', 'x')
      const [seconds] = await redis.client.time()
      expect((await store.records('kind'))[0]?.at).to.be.closeTo(Number(seconds) * 1000, 60_000)
    })

    it('is open to the commands of plugins', async () => {
      const { url } = await startRedis()
      const store = createRedisStores(await connecting().open({ url })).of('one')
      await store.set('a', 1)
      const redis = { url, prefix: 'timhook', durability: 'strict' } as const
      const retention = { age: 1, size: 1, deadLetters: 1 }
      const settings = { engine: 'redis', redis, sqlite: { file: '' }, resendWindow: 0, retention } as const
      const opened = await openStores(settings)
      stopAfterTest(() => opened.close())
      expect(await opened.stores.of('one').get('a')).to.equal(1)
    })

    it('is the same for every process with the same prefix, and there after Redis was killed', async () => {
      const server = await startRedis()
      const open = async (prefix: string) =>
        createRedisStores(await connecting().open({ url: server.url, prefix })).of('a:b')
      const [one, other, stranger] = [await open('p'), await open('p'), await open('q')]
      const add = (value: unknown): number => Number(value ?? 0) + 1
      await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).update('n', add)))
      expect([await one.get('n'), await other.get('n'), await stranger.get('n')]).to.deep.equal([20, 20, undefined])
      const leases = await Promise.all([one.lease('job', 60_000), other.lease('job', 60_000)])
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1)
      await server.restart()
      const again = await open('p')
      expect(await again.get('n')).to.equal(20)
      expect(await again.lease('job', 60_000)).to.equal(undefined)
    })

    it('lists many keys in short steps, in the order of every engine', async () => {
      const redis = await connecting().open({ url: (await startRedis()).url })
      const store = createRedisStores(redis).of('one')
      const keys = Array.from({ length: 1200 }, (_, n) => `k${n}`)
      await Promise.all([...keys, 'j', 'l', 'k\u{1f600}', 'k\uffff', 'k'].map((key) => store.set(key, key)))
      const listed = (await store.list('k')).map(({ key }) => key)
      expect(listed).to.deep.equal([...keys, 'k\u{1f600}', 'k\uffff', 'k'].toSorted())
      expect(await store.list('')).to.have.length(1205)
    })

    it('deletes what has ended', async () => {
      const redis = await connecting().open({ url: (await startRedis()).url })
      const at = { ms: 1000 }
      const store = createRedisStores(redis, () => at.ms).of('one')
      for (let n = 0; n < 5; n++) await store.set(`short${n}`, n, { ttlMs: 10 })
      await store.set('turned long', 1, { ttlMs: 10 })
      await store.set('turned long', 2)
      at.ms += 10
      await store.set('other', 1)
      expect(await redis.client.hkeys('timhook:store:one:values')).to.have.members(['turned long', 'other'])
      expect(await redis.client.zcard('timhook:store:one:keys')).to.equal(2)
      expect(await redis.client.exists('timhook:store:one:ends')).to.equal(0)
    })

    it('keeps a bounded number of records', async () => {
      const redis = await connecting().open({ url: (await startRedis()).url })
      const store = createRedisStores(redis).of('one')
      await redis.client.eval(
        "for n = 1, 101000 do redis.call('XADD', KEYS[1], '*', 'at', '1', 'json', n) end",
        1,
        'timhook:store:one:records:many',
      )
      await store.record('many', 'last')
      expect(await redis.client.xlen('timhook:store:one:records:many')).to.be.below(100_500)
      expect((await store.records('many', { limit: 1 }))[0]?.data).to.equal('last')
    })

    it('fails at once while Redis is away, without a word of what was to be kept, and works when it is back', async () => {
      const server = await startRedis()
      const { lines, ...to } = connecting()
      const redis = await to.open({ url: server.url })
      const store = createRedisStores(redis).of('one')
      const closed = closing(redis)
      await server.kill()
      await closed
      const tries = { count: 0 }
      redis.client.on('close', () => (tries.count += 1))
      const failed = await store.set('a', 'a secret text').catch((error: unknown) => error as Error)
      expect(failed).to.include({ code: 'STORE_UNREACHABLE' })
      expect(tries.count, 'tries to connect that it waited for').to.equal(0)
      expect(JSON.stringify(failed)).not.to.contain('secret text')
      while (tries.count < 2) await closing(redis)
      const back = new Promise((resolve) => redis.client.once('ready', resolve))
      await server.start()
      await back
      await store.set('a', 2)
      expect(await store.get('a')).to.equal(2)
      await redis.check()
      expect(lines.filter((line) => line.includes('is away'))).to.have.length(1)
      expect(lines.filter((line) => line.includes('"info"'))).to.have.length(1)
    })

    it('does not wait for ever for a Redis that hangs, and connects anew', async () => {
      const server = await startRedis()
      const redis = await connecting({ silentMs: 200 }).open({ url: server.url })
      const store = createRedisStores(redis).of('one')
      await store.set('a', 1)
      const closed = closing(redis)
      server.signal('SIGSTOP')
      stopAfterTest(async () => server.signal('SIGCONT'))
      expect(await store.get('a').catch((error: unknown) => error)).to.include({ code: 'STORE_UNREACHABLE' })
      await closed
      const ready = once(redis.client, 'ready')
      server.signal('SIGCONT')
      await ready
      expect(await store.get('a')).to.equal(1)
    })

    it('refuses by name once it is closed', async () => {
      const redis = await connecting().open({ url: (await startRedis()).url })
      const store = createRedisStores(redis).of('one')
      await redis.close()
      expect(await store.get('a').catch((error: unknown) => error)).to.include({ code: 'STORE_CLOSED' })
    })
  })
})

/** Resolves when the connection is lost, or one more try to connect has failed. */
function closing({ client }: RedisClient): Promise<void> {
  return new Promise((resolve) => client.once('close', resolve))
}
