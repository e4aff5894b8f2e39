import { expect } from 'chai'
import { OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { serve, signed, UNSIGNED_APP } from '../harness/server.ts'

const COMMAND = 'Group.CallbackAfterGroupFull'
const old = `{
    "CallbackCommand": "${COMMAND}",
    "GroupId": "@TGS#2J4SZEAEL"
}`
const withText = `{
    "CallbackCommand": "${COMMAND}",
    "GroupId": "@TGS#2J4SZEAEL",
    "EventTime":"1670574414123"\t\t
}`
const withNumber = withText.replace('"1670574414123"', '1670574414123')

describe('Group.CallbackAfterGroupFull as its documents show it', () => {
  const bodies: [string, string, number | undefined][] = [
    ['without EventTime, as in the Chinese one', old, undefined],
    ['with EventTime as digits in quotes, as in the Japanese one', withText, 1670574414123],
    ['with EventTime as a number, as it is on the wire', withNumber, 1670574414123],
  ]
  for (const [what, raw, eventTime] of bodies)
    for (const from of ['an unsigned', 'a signed'])
      it(`is taken ${what}, from ${from} app`, async () => {
        const { plugins, next } = recorder()
        const { request } = await serve({ plugins })
        const { SdkAppid, ...signature } = from === 'a signed' ? signed() : { SdkAppid: `${UNSIGNED_APP}` }
        const rest = new URLSearchParams(signature).toString()
        const query = `SdkAppid=${SdkAppid}&CallbackCommand=${COMMAND}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=iOS&${rest}`
        const called = next()
        const reply = await request(`?${query}`, { method: 'POST', body: raw })
        expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
        const call = await called
        expect(call.command).to.equal(COMMAND)
        expect(call.raw).to.equal(raw)
        expect(call.body['GroupId']).to.equal('@TGS#2J4SZEAEL')
        expect(call.body['EventTime']).to.equal(eventTime)
        expect(call.app.sdkAppId).to.equal(Number(SdkAppid))
        expect(call.query).to.include({ contenttype: 'json', ClientIP: '127.0.0.1', OptPlatform: 'iOS' })
      })

  it('is refused with the comments that the documents put into their samples', async () => {
    const { post } = await serve()
    expect((await post(COMMAND, old.replace(',', ', // 回调命令'))).status).to.equal(400)
  })
})
