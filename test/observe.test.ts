import { expect } from 'chai'
import { FULL } from './harness/plugin.ts'
import { serve } from './harness/server.ts'

describe('the log', () => {
  it('tells of the first refusal of a kind, and is not flooded by the others', async () => {
    const { post, lines } = await serve()
    for (let n = 0; n < 30; n++) await post(FULL, { GroupId: n })
    const refused = lines.map((line) => JSON.parse(line) as { msg: string; reason?: string })
    expect(refused.filter(({ msg }) => msg === 'refused').map(({ reason }) => reason)).to.deep.equal([
      'GroupId: expected string',
    ])
  })

  it('holds no token and no Sign, whatever is refused', async () => {
    const { request, lines } = await serve()
    const Sign = 'ab'.repeat(32)
    await request(`/?SdkAppid=1400000002&CallbackCommand=x&RequestTime=1&Sign=${Sign}`, { method: 'POST' })
    expect(lines.join('')).to.contain('Sign: does not match').and.not.contain(Sign)
  })
})
