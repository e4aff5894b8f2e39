import { expect } from 'chai'
import { OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { heard, serve, SIGNED_APP, UNSIGNED_APP } from '../harness/server.ts'

describe("the console's check of the URL: no CallbackCommand", () => {
  const queries: [string, string][] = [
    ['no query at all', ''],
    ['an empty query', '?'],
    ['our app', `?SdkAppid=${UNSIGNED_APP}`],
    ['our signed app without a signature', `?SdkAppid=${SIGNED_APP}`],
    ['our signed app with a wrong signature', `?SdkAppid=${SIGNED_APP}&Sign=no&RequestTime=no`],
    ['an empty command', `?SdkAppid=${UNSIGNED_APP}&CallbackCommand=`],
    ['a valueless command', '?CallbackCommand'],
    ['other parameters', '?contenttype=json&callbackcommand=X.Y'],
  ]
  for (const [what, query] of queries)
    it(`is answered OK with ${what}`, async () => {
      const { request } = await serve()
      const reply = await request(`/${query}`, { method: 'POST', body: 'not JSON' })
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      expect(reply.headers.get('content-type')).to.equal('application/json')
    })

  it('dispatches nothing, even with a body that is a callback', async () => {
    const { plugins, calls } = recorder()
    const { request, bus, post } = await serve({ plugins })
    const received = heard(bus, 'callback:received')
    await request(`/?SdkAppid=${UNSIGNED_APP}`, {
      method: 'POST',
      body: '{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g"}',
    })
    const done = bus.next('handler:done')
    await post('X.Y', {})
    await done
    expect(received.map(({ command }) => command)).to.deep.equal(['X.Y'])
    expect(calls.map(({ command }) => command)).to.deep.equal(['X.Y'])
  })
})
