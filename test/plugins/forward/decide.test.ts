import { expect } from 'chai'
import { BEFORE, entry, FULL, full, message } from '../../harness/plugin.ts'
import { eventsOf, serve, type TestServer } from '../../harness/server.ts'
import { envelope, receive, type Receiver, type Respond } from './receiver.ts'

const TEXT = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'masked' } }]

/** A server whose before-callbacks a target decides, and the target. */
async function deciding(respond: Respond, more: object = {}): Promise<TestServer & { target: Receiver }> {
  const target = await receive(respond)
  const options = { url: target.url, decide: true }
  return { ...(await serve({ plugins: [{ use: 'forward', options, ...more }] })), target }
}

const answering =
  (fields: object): Respond =>
  (response) =>
    envelope(response, fields)

describe('forward with decide', () => {
  it('gets both kinds, and its envelope allows, rewrites, rejects and drops', async () => {
    const { post, target } = await deciding(answering({}))
    const answerOf = async (fields: object): Promise<unknown> => {
      target.respond = answering(fields)
      const { ActionStatus: _, ErrorInfo: __, ...answer } = (await post(BEFORE, message())).json
      return answer
    }
    expect(await answerOf({})).to.deep.equal({ ErrorCode: 0 })
    expect(await answerOf({ MsgBody: TEXT })).to.deep.equal({ ErrorCode: 0, MsgBody: TEXT })
    expect(await answerOf({ ErrorCode: 1 })).to.deep.equal({ ErrorCode: 1 })
    expect(await answerOf({ ErrorCode: 10150, ErrorInfo: 'no', ActionStatus: 'FAIL' })).to.deep.equal({
      ErrorCode: 10150,
    })
    expect(await answerOf({ ErrorCode: '2' })).to.deep.equal({ ErrorCode: 2 })
    await post(FULL, full())
    const commands = (await target.got(6)).map(({ query }) => query.get('CallbackCommand'))
    expect(commands).to.deep.equal([BEFORE, BEFORE, BEFORE, BEFORE, BEFORE, FULL])
  })

  for (const [what, respond] of [
    ['no JSON', (response) => void response.end('OK')],
    ['a list', (response) => void response.end('[]')],
    ['no ErrorCode', (response) => void response.end('{"ActionStatus":"OK"}')],
    ['code 0 with FAIL', answering({ ActionStatus: 'FAIL' })],
    ['fields that the answer cannot carry', answering({ CloudCustomData: 7 })],
    ['another status than 2xx', (response) => void response.writeHead(500).end('{"ErrorCode":0}')],
    ['a redirect', (response) => void response.writeHead(302, { location: '/' }).end()],
    ['more than 64 kB', answering({ ErrorInfo: 'x'.repeat(70_000) })],
    ['a closed connection', (response) => void response.socket?.destroy()],
  ] as readonly (readonly [string, Respond])[]) {
    it(`is resolved by onFailure if the answer is ${what}`, async () => {
      const { post, bus } = await deciding(respond, { onFailure: { outcome: 'reject', code: 10111 } })
      const failed = eventsOf(bus, 'handler:failed')
      expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 10111 })
      expect(failed.map(({ onFailure }) => onFailure)).to.deep.equal(['reject'])
    })
  }

  it('is resolved by onFailure if no answer comes in time', async () => {
    const { post } = await deciding(() => undefined, { onFailure: 'reject', timeoutMs: 30 })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
  })

  it('ignores unknown fields of an allowing answer, as Tencent does', async () => {
    const { post } = await deciding(answering({ RequestId: 'a-b-c' }), { onFailure: 'reject' })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 0 })
  })

  it('decides friend requests target by target, where another top-level code is a failure', async () => {
    const ResultItem = [{ To_Account: 'bob', ResultCode: 38100, ResultInfo: 'no' }]
    const body = { From_Account: 'jared', FriendItem: [{ To_Account: 'bob' }], Requester_Account: 'jared' }
    const { post, target, bus } = await deciding(answering({ ResultItem }))
    const answer = await post('Sns.CallbackPrevFriendAdd', body)
    expect(answer.json).to.deep.include({ ErrorCode: 0, ResultItem })
    target.respond = answering({ ErrorCode: 1 })
    const failed = bus.next('handler:failed')
    await post('Sns.CallbackPrevFriendAdd', body)
    expect((await failed).error?.message).to.contain('an ErrorCode other than 0')
  })

  it('shows each target what earlier ones have rewritten, in any format', async () => {
    const first = await receive(answering({ MsgBody: TEXT, CloudCustomData: 'first' }))
    const second = await receive()
    const third = await receive()
    const { post } = await serve({
      plugins: [
        { use: 'forward', id: 'a', options: { url: first.url, decide: true } },
        entry('mask', { [BEFORE]: ({ body, allow }) => allow({ CloudCustomData: `${body.CloudCustomData}, plugin` }) }),
        { use: 'forward', id: 'b', options: { url: second.url, decide: true } },
        { use: 'forward', id: 'c', options: { url: third.url, decide: true, format: 'cloudevents' } },
      ],
    })
    const raw = JSON.stringify(message('rude', { Later: 1 })).replace('"Later":1', '"Big":12345678901234567890')
    expect((await post(BEFORE, raw)).json).to.deep.include({ MsgBody: TEXT, CloudCustomData: 'first, plugin' })
    expect(first.received[0]?.body).to.equal(raw)
    const body = second.received[0]?.body ?? ''
    expect(JSON.parse(body)).to.deep.include({ MsgBody: TEXT, CloudCustomData: 'first, plugin', GroupId: '@TGS#1' })
    expect(body).to.contain('12345678901234567890').and.not.contain('rude')
    expect((JSON.parse(third.received[0]?.body ?? '') as { data: unknown }).data).to.deep.include({ MsgBody: TEXT })
  })
})
