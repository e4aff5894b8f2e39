import { expect } from 'chai'
import { expectUnharmed, OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { serve } from '../harness/server.ts'

const evil = '{"polluted":true,"MsgType":"TIMTextElem","status":500}'
const bodies: [string, string][] = [
  ['X.Y', `{"__proto__":${evil},"constructor":{"prototype":${evil}},"prototype":${evil}}`],
  ['X.Y', `{"\\u005f_proto__":${evil},"a":{"__proto__":${evil}},"big":12345678901234567890}`],
  ['X.Y', `{"__proto__":null,"toString":1,"hasOwnProperty":2,"valueOf":null}`],
  ['Group.CallbackAfterGroupFull', `{"GroupId":"g","__proto__":${evil},"constructor":{"prototype":${evil}}}`],
  [
    'Group.CallbackBeforeSendMsg',
    `{"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a","__proto__":${evil}}},` +
      `{"MsgType":"__proto__","MsgContent":{}},{"MsgType":"constructor","MsgContent":{"constructor":1}}]}`,
  ],
]

describe('keys like __proto__ in a body', () => {
  for (const [index, [command, body]] of bodies.entries())
    it(`are data, and pollute nothing (${index + 1}: ${command})`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      const reply = await server.post(command, body)
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      const call = await called
      expect(Object.getPrototypeOf(call.body)).to.equal(Object.prototype)
      expect(Object.keys(call.body)).to.deep.equal(Object.keys(JSON.parse(body) as object))
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
      expect(call.body['polluted']).to.equal(undefined)
      await expectUnharmed(server, reply.text)
    })

  it('do not stand in for fields that are required', async () => {
    const { bus, post } = await serve()
    const faulty = bus.next('callback:faulty')
    expect((await post('Group.CallbackAfterGroupFull', '{"__proto__":{"GroupId":"g"}}')).text).to.equal(OK_TEXT)
    expect(await faulty).to.deep.include({ faults: ['GroupId: is required'], fits: false })
  })
})
