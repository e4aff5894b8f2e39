import { expect } from 'chai'
import { configOf, faultsOf, MINIMAL, read } from '../support.ts'

const faultsOfRedis = (redis: string, engine = 'redis'): Promise<string[]> =>
  faultsOf(`${MINIMAL}delivery: { engine: ${engine}, redis: ${redis} }`)

describe('config: the engine redis', () => {
  it('takes a URL, or sentinels with a name', async () => {
    for (const url of ['redis://127.0.0.1:6379', 'rediss://user:p%40ss@h/3', 'redis://:pw@[::1]:1', 'redis://h']) {
      expect(await faultsOfRedis(`{ url: '${url}' }`), url).to.deep.equal([])
    }
    const { delivery } = await configOf(
      `${MINIMAL}delivery: { engine: redis, redis: { sentinels: ['a:26379', '[::1]:1', b], name: main, password: pass } }`,
    )
    expect(delivery.redis).to.deep.equal({
      sentinels: ['a:26379', '[::1]:1', 'b'],
      name: 'main',
      password: 'pass',
      prefix: 'timhook',
      durability: 'strict',
    })
  })

  it('needs its settings, which may stand there before it is chosen', async () => {
    expect(await faultsOf(`${MINIMAL}delivery: { engine: redis }`)).to.deep.equal([
      "c.yaml:2:21 delivery.engine: needs delivery.redis: expected next to it, such as redis: { url: 'redis://127.0.0.1:6379' }",
    ])
    expect(await faultsOfRedis(`{ url: 'redis://h' }`, 'sqlite')).to.deep.equal([])
  })

  const cases: [redis: string, fault: string][] = [
    ['{}', 'delivery.redis: expected url, or sentinels and name'],
    ['{ sentinels: [a] }', 'delivery.redis: expected name: what the sentinels call the primary'],
    [
      "{ url: 'redis://h', sentinels: [a], name: b }",
      'delivery.redis.sentinels: contradicts url: expected one of the two',
    ],
    ["{ url: 'redis://h', password: abcd }", 'delivery.redis.password: goes with sentinels; remove it, or url'],
    ["{ url: 'http://h' }", 'delivery.redis.url: expected a URL such as redis://127.0.0.1:6379'],
    ["{ url: 'redis://:p/w@h' }", 'delivery.redis.url: expected a URL such as redis://127.0.0.1:6379'],
    ["{ url: 'redis://h:99999' }", 'delivery.redis.url: expected a URL, with special characters'],
    ["{ url: 'redis://:a%zz@h' }", 'delivery.redis.url: expected a URL, with special characters'],
    ["{ sentinels: ['redis://a'], name: b }", 'delivery.redis.sentinels[0]: expected host:port'],
  ]
  for (const [redis, fault] of cases) {
    it(`refuses ${redis}`, async () => {
      const faults = await faultsOfRedis(redis)
      expect(faults).to.have.length(1)
      expect(faults[0]).to.include(fault)
    })
  }

  it('keeps its passwords out of what is printed', async () => {
    for (const redis of [
      "{ url: 'redis://:s3cret-a@h', durability: no }",
      "{ url: 'redis://:s3cret-a/b@h' }",
      '{ sentinels: [a], password: s3cret-a, durability: s3cret-a }',
      '{ sentinels: [a], sentinelPassword: s3cret-a, durability: s3cret-a }',
    ]) {
      const reading = await read(`${MINIMAL}delivery: { engine: redis, redis: ${redis} }`)
      expect(reading.faults, redis).not.to.deep.equal([])
      expect(JSON.stringify(reading.faults), redis).not.to.include('s3cret-a')
    }
  })
})
