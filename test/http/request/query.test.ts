import { expect } from 'chai'
import { OK_TEXT } from '../../harness/answers.ts'
import { recorder } from '../../harness/recorder.ts'
import { serve, signed } from '../../harness/server.ts'

const GROUP_FULL = 'Group.CallbackAfterGroupFull'

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

describe('the parameters of a callback', () => {
  it('may come in any order', async () => {
    const { request } = await serve()
    const parameters = Object.entries({ ...signed(), CallbackCommand: GROUP_FULL, contenttype: 'json' })
    const orders = permutations(parameters)
    expect(orders).to.have.length(120)
    const replies = await Promise.all(
      orders.map((order, index) =>
        request(`/?${new URLSearchParams(order).toString()}`, {
          method: 'POST',
          body: `{"GroupId":"g","EventTime":${index}}`,
        }),
      ),
    )
    for (const { status, text } of replies) expect([status, text]).to.deep.equal([200, OK_TEXT])
  })

  it('may have no value, and names that are not documented', async () => {
    const { plugins, next } = recorder()
    const { request } = await serve({ plugins })
    const called = next()
    const query = `SdkAppid=1400000001&ClientIP&OptPlatform&&=&RequestID=a%20b+c&CallbackCommand=X.Y&__proto__=p&constructor`
    expect((await request(`/?${query}`, { method: 'POST', body: '{}' })).status).to.equal(200)
    const { query: got } = await called
    expect(Object.entries(got)).to.deep.equal([
      ['SdkAppid', '1400000001'],
      ['ClientIP', ''],
      ['OptPlatform', ''],
      ['', ''],
      ['RequestID', 'a b c'],
      ['CallbackCommand', 'X.Y'],
      ['__proto__', 'p'],
      ['constructor', ''],
    ])
  })

  it('may hold escapes that are none', async () => {
    const { request } = await serve()
    const query = 'SdkAppid=1400000001&CallbackCommand=X.Y&a=%zz&b=%&c=%E4%BD&%=%'
    expect((await request(`/?${query}`, { method: 'POST', body: '{}' })).status).to.equal(200)
  })

  for (const type of [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'nonsense',
    'application/json; charset=gbk',
  ])
    it(`may come with a body whose content type is ${type}`, async () => {
      const { plugins, next } = recorder()
      const { request } = await serve({ plugins })
      const called = next()
      const query = 'SdkAppid=1400000001&CallbackCommand=X.Y'
      const reply = await request(`/?${query}`, {
        method: 'POST',
        body: '{"a":"值"}',
        headers: { 'content-type': type },
      })
      expect(reply.status).to.equal(200)
      expect((await called).body).to.deep.equal({ a: '值' })
    })
})
