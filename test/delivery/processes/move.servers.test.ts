import { expect } from 'chai'
import { move, type Moved } from '../../harness/crash/move.ts'
import { brokenBy } from '../../harness/crash/rules.ts'
import { type CrashStore, postgresStore, redisStore, sqliteStore } from '../../harness/crash/stores.ts'
import { describeWithPostgres } from '../../harness/servers/postgres.ts'
import { describeWithRedis, hasRedis } from '../../harness/servers/redis.ts'

type Open = () => CrashStore | Promise<CrashStore>

async function keepsPromises(from: Open, to: Open): Promise<void> {
  const moved: Moved = await move(await from(), await to())
  expect(brokenBy(moved)).to.deep.equal({})
  // No callback is refused meanwhile, and both had something to do.
  expect(moved.acknowledged).to.equal(moved.sent)
  for (const count of moved.calls) expect(count).to.be.above(100)
}

describeWithPostgres('callbacks that move to another deployment', () => {
  it('keep their order from sqlite to postgres', () => keepsPromises(sqliteStore, postgresStore))
  if (hasRedis) it('keep their order from postgres to redis', () => keepsPromises(postgresStore, redisStore))
})

describeWithRedis('callbacks that move from a Redis to another deployment', () => {
  it('keep their order from redis to sqlite', () => keepsPromises(redisStore, sqliteStore))
})
