import { expect } from 'chai'
import { crash } from '../harness/crash.ts'

describe('a server that is killed under load', () => {
  it('has lost nothing of what it acknowledged', async () => {
    const { lost, overlaps, acknowledged } = await crash({ rounds: 3, callbacks: 3000 })
    expect({ lost, overlaps }).to.deep.equal({ lost: 0, overlaps: 0 })
    expect(acknowledged).to.be.above(500)
  })
})
