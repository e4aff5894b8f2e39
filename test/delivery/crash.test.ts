import { expect } from 'chai'
import { crash } from '../harness/crash.ts'

describe('a server that is killed under load', () => {
  it('has lost nothing of what it acknowledged', async () => {
    const { lost, acknowledged } = await crash({ rounds: 3, callbacks: 3000 })
    expect(lost).to.equal(0)
    expect(acknowledged).to.be.above(500)
  }).timeout(60_000)
})
