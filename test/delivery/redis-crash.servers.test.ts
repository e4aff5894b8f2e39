import { expect } from 'chai'
import { crash } from '../harness/crash.ts'
import { describeWithRedis } from '../harness/redis.ts'

describeWithRedis('one of two servers on a Redis that is killed under load', () => {
  it('has lost nothing of what either acknowledged, and nothing of one group was handled by both at once', async () => {
    const { lost, overlaps, acknowledged } = await crash({ rounds: 2, callbacks: 2000, engine: 'redis' })
    expect({ lost, overlaps }).to.deep.equal({ lost: 0, overlaps: 0 })
    expect(acknowledged).to.be.above(500)
  })
})
