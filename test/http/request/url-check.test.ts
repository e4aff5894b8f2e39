import { expect } from 'chai'
import { OK_TEXT, errorBody } from '../../harness/answers.ts'
import { recorder } from '../../harness/recorder.ts'
import { eventsOf, serve, SIGNED_APP, UNSIGNED_APP } from '../../harness/server.ts'

describe("the console's check of the URL: no CallbackCommand", () => {
  const queries: [string, string][] = [
    ['no query at all', ''],
    ['an empty query', '?'],
    ['our app', `?SdkAppid=${UNSIGNED_APP}`],
    ['our signed app without a signature', `?SdkAppid=${SIGNED_APP}`],
    ['our signed app with a wrong signature', `?SdkAppid=${SIGNED_APP}&Sign=no&RequestTime=no`],
    ['an empty command', `?SdkAppid=${UNSIGNED_APP}&CallbackCommand=`],
    ['a valueless command', '?CallbackCommand'],
    ['other parameters', '?contenttype=json&callback=X.Y'],
  ]
  for (const [what, query] of queries)
    it(`is answered OK with ${what}`, async () => {
      const { request } = await serve()
      const reply = await request(`/${query}`, { method: 'POST', body: 'not JSON' })
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      expect(reply.headers.get('content-type')).to.equal('application/json')
    })

  for (const [what, body] of [
    ['empty', ''],
    ['an empty object', '{}'],
    ['a test', '{"test":"CallbackCommand"}'],
    ['a list', '[{"CallbackCommand":"X.Y"}]'],
    ['longer than any check', `{"CallbackCommand":"X.Y","a":"${'a'.repeat(65_536)}"}`],
  ])
    it(`is answered OK with a body that is ${what}`, async () => {
      const { request } = await serve()
      for (const encoding of [undefined, 'chunked']) {
        const stream = encoding ? new Blob([body ?? '']).stream() : body
        const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
        const reply = await request(`/?SdkAppid=${UNSIGNED_APP}`, init)
        expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      }
    })

  const events: [string, string, string][] = [
    [
      '',
      '{"CallbackCommand":"X.Y"}',
      'CallbackCommand: is required in the URL, as the body has it: see that nothing cuts the URL short, such as an unescaped #',
    ],
    [
      '&callbackcomand=X.Y',
      '{"CallbackCommand":5}',
      'CallbackCommand: is required in the URL, as the body has it; the URL has callbackcomand: see that nothing cuts the URL short, such as an unescaped #',
    ],
    [
      '',
      '{"Events":[]}',
      'CallbackCommand: is required in the URL: the body is a batch of push events: see that nothing cuts the URL short, such as an unescaped #',
    ],
    [
      '',
      '{"EventGroupId":1}',
      'CallbackCommand: is required; the body looks like an event of TRTC (EventGroupId, EventType): give these a separate URL',
    ],
    [
      '',
      '{"EventType":101}',
      'CallbackCommand: is required; the body looks like an event of TRTC (EventGroupId, EventType): give these a separate URL',
    ],
    [
      '',
      '{"Event":"start_call"}',
      'CallbackCommand: is required; the body looks like an event of calls or of the desk (Event): give these a separate URL',
    ],
    [
      '&command=start_call',
      'no JSON',
      'CallbackCommand: is required; the URL has command, as call events of the first generation have: give these a separate URL, or use those named Call.*',
    ],
  ]
  for (const [query, body, reason] of events)
    it(`is not one if ${query || 'the URL'} comes with ${body}: an event is refused, with where it goes`, async () => {
      const { request, bus } = await serve()
      const rejected = bus.next('callback:rejected')
      const reply = await request(`/?SdkAppid=${UNSIGNED_APP}${query}`, { method: 'POST', body })
      expect([reply.status, reply.text]).to.deep.equal([400, errorBody(400, reason)])
      expect(await rejected).to.include({ status: 400, reason })
    })

  it('dispatches nothing, even with a body that is a callback', async () => {
    const { plugins, calls } = recorder()
    const { request, bus, post } = await serve({ plugins })
    const received = eventsOf(bus, 'callback:received')
    const reply = await request(`/?SdkAppid=${UNSIGNED_APP}`, {
      method: 'POST',
      body: '{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g"}',
    })
    expect(reply.status).to.equal(400)
    const done = bus.next('handler:done')
    await post('X.Y', {})
    await done
    expect(received.map(({ command }) => command)).to.deep.equal(['X.Y'])
    expect(calls.map(({ command }) => command)).to.deep.equal(['X.Y'])
  })
})
