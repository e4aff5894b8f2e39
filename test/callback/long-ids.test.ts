import { expect } from 'chai'
import { recorder, type Recorded } from '../harness/recorder.ts'
import { serve } from '../harness/server.ts'

async function received(command: string, raw: string): Promise<Recorded> {
  const { plugins, next } = recorder()
  const { post } = await serve({ plugins })
  const called = next()
  expect((await post(command, raw)).status).to.equal(200)
  return called
}

describe('ids in a body', () => {
  it('keep all their digits beyond 2^53, also where nobody knows the field', async () => {
    const raw = '{"GroupId":"g","Extra":{"ids":[144115198244471703,7]},"EventTime":1670574414123}'
    const call = await received('Group.CallbackAfterGroupFull', raw)
    expect(call.body['Extra']).to.deep.equal({ ids: ['144115198244471703', 7] })
    expect(call.body['EventTime']).to.equal(1670574414123)
    expect(call.raw).to.equal(raw)
  })

  for (const literal of ['144115198244471703', '12345', '-1', '0', '9007199254740991', '9007199254740992'])
    it(`are text in account fields, also when they come as the bare integer ${literal}`, async () => {
      const raw = `{"From_Account":${literal},"Operator_Account":${literal},"MsgBody":[]}`
      const { body } = await received('Group.CallbackBeforeSendMsg', raw)
      expect(body).to.include({ From_Account: literal, Operator_Account: literal })
    })

  it('are text in lists of members too', async () => {
    const raw = '{"GroupId":"g","NewMemberList":[{"Member_Account":144115198244471703},{"Member_Account":"jared"}]}'
    const { body } = await received('Group.CallbackAfterNewMemberJoin', raw)
    expect(body['NewMemberList']).to.deep.equal([{ Member_Account: '144115198244471703' }, { Member_Account: 'jared' }])
  })

  it('are numbers in integer fields, also when they come in quotes, unless a digit would be lost', async () => {
    const raw = '{"GroupId":"g","MsgSeq":"42","Random":"18446744073709551615","MsgTime":"1670574414","MsgBody":[]}'
    const { body } = await received('Group.CallbackAfterSendMsg', raw)
    expect(body).to.include({ MsgSeq: 42, Random: '18446744073709551615', MsgTime: 1670574414 })
  })
})
