import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { BEFORE, entry, FULL, full, message } from '../../harness/plugin.ts'
import { serve, SIGNED_APP, signed, TOKENS, UNSIGNED_APP } from '../../harness/server.ts'
import { receive } from './receiver.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OLD_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
/** An integer that no number can hold, in odd but valid JSON. */
const RAW = '{ "GroupId" : "@TGS#1",\n"EventTime":1669872112003, "Big": 1234567890123456789012 }'

describe('forward, format tencent', () => {
  it('sends the body as it came, with the same parameters, signed with the target’s own token', async () => {
    const target = await receive()
    const options = { url: `${target.url}?mine=1`, token: 'token-of-the-target' }
    const { post, bus } = await serve({ plugins: [{ use: 'forward', options }] })
    const done = bus.next('handler:done')
    const query = { ClientIP: '10.1.2.3', OptPlatform: 'RESTAPI', contenttype: 'json', RequestID: 'theirs' }
    await post(FULL, RAW, { ...signed(), ...query })
    const [got] = await target.got(1)
    const { id } = await done
    const { RequestTime, Sign, ...others } = Object.fromEntries(got?.query ?? [])
    expect(got?.path).to.equal('/callbacks')
    expect(got?.body).to.equal(RAW)
    expect(others).to.deep.equal({
      mine: '1',
      SdkAppid: `${SIGNED_APP}`,
      CallbackCommand: FULL,
      ...query,
      RequestID: id,
    })
    expect(Sign).to.equal(createHash('sha256').update(`token-of-the-target${RequestTime}`).digest('hex'))
    expect(Math.abs(Number(RequestTime) * 1000 - Date.now())).to.be.below(60_000)
    expect(got?.headers).to.include({ 'timhook-id': id, 'timhook-attempt': '1', 'content-type': 'application/json' })
    expect(got?.headers['traceparent']).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  })

  it('is taken by a receiver that checks what Tencent sends, such as timhook', async () => {
    const seen: unknown[] = []
    const next = await serve({
      plugins: [entry('x', { [FULL]: ({ raw, signed, query }) => void seen.push([raw, signed, query.ClientIP]) })],
    })
    const options = { url: next.url, token: TOKENS[0] }
    const { post, bus } = await serve({ plugins: [{ use: 'forward', options }] })
    const done = Promise.all([bus.next('handler:done'), next.bus.next('handler:done')])
    await post(FULL, RAW, { ...signed(), ClientIP: '10.1.2.3' })
    await done
    expect(seen).to.deep.equal([[RAW, true, '10.1.2.3']])
  })

  it('sends no Sign without a token, user and password of the URL as Authorization, and further headers', async () => {
    const target = await receive()
    const options = { url: target.url.replace('//', '//me:s%40cret@'), headers: { 'X-Own': 'a' } }
    const { post } = await serve({ plugins: [{ use: 'forward', options }] })
    await post(FULL, full())
    const [got] = await target.got(1)
    expect([...(got?.query.keys() ?? [])]).to.deep.equal(['SdkAppid', 'CallbackCommand', 'RequestID'])
    expect(got?.headers.authorization).to.equal(`Basic ${Buffer.from('me:s@cret').toString('base64')}`)
    expect(got?.headers['x-own']).to.equal('a')
  })
})

describe('forward, format standard-webhooks', () => {
  it('is verified by the package standardwebhooks, with the new secret and the old one', async () => {
    const target = await receive()
    const options = { url: target.url, format: 'standard-webhooks', secret: [SECRET, OLD_SECRET] }
    const { post, bus } = await serve({ plugins: [{ use: 'forward', options }] })
    const done = bus.next('handler:done')
    await post(FULL, RAW, { ClientIP: '10.1.2.3' })
    const [got] = await target.got(1)
    const { id } = await done
    const { body = '', headers = {}, path } = got ?? {}
    for (const secret of [SECRET, OLD_SECRET]) new Webhook(secret).verify(body, headers as Record<string, string>)
    const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
    expect(() => new Webhook(other).verify(body, headers as Record<string, string>)).to.throw('No matching signature')
    expect(path).to.equal('/callbacks')
    expect(headers).to.include({ 'webhook-id': id, 'content-type': 'application/json' })
    expect(body).to.contain('1234567890123456789012')
    const { type, timestamp, data } = JSON.parse(body) as Record<string, unknown>
    const { receivedAt, body: inner, ...about } = data as Record<string, unknown>
    expect(type).to.equal(`tencent.im.${FULL}`)
    expect(timestamp).to.equal(new Date(receivedAt as number).toISOString())
    expect(inner).to.include({ GroupId: '@TGS#1', EventTime: 1669872112003 })
    const query = { SdkAppid: `${UNSIGNED_APP}`, CallbackCommand: FULL, ClientIP: '10.1.2.3' }
    expect(about).to.deep.equal({ sdkAppId: UNSIGNED_APP, command: FULL, query })
  })
})

describe('forward, format cloudevents', () => {
  it('sends an event in structured mode, with the group as its subject, signed alike', async () => {
    const target = await receive()
    const options = { url: target.url, format: 'cloudevents', secret: SECRET }
    const { post } = await serve({ plugins: [{ use: 'forward', options }] })
    await post(FULL, RAW, { OptPlatform: 'iOS' })
    const [got] = await target.got(1)
    const { body = '', headers = {} } = got ?? {}
    new Webhook(SECRET).verify(body, headers as Record<string, string>)
    expect(headers['content-type']).to.equal('application/cloudevents+json; charset=utf-8')
    const { id, time, data, ...event } = JSON.parse(body) as Record<string, unknown>
    expect(id).to.equal(headers['timhook-id'])
    expect(new Date(String(time)).toISOString()).to.equal(time)
    expect(data).to.include({ GroupId: '@TGS#1' })
    expect(event).to.deep.equal({
      specversion: '1.0',
      source: `/timhook/${UNSIGNED_APP}`,
      type: `com.tencent.im.${FULL}`,
      subject: '@TGS#1',
      datacontenttype: 'application/json',
      optplatform: 'iOS',
    })
  })

  it('names the sender where there is no group', async () => {
    const target = await receive()
    const { post } = await serve({ plugins: [{ use: 'forward', options: { url: target.url, format: 'cloudevents' } }] })
    await post('Sns.CallbackFriendAdd', { PairList: [], From_Account: 'jared' })
    const [got] = await target.got(1)
    expect(JSON.parse(got?.body ?? '')).to.include({ subject: 'jared' })
    expect(got?.headers).not.to.have.property('webhook-signature')
  })
})

describe('forward of what does not fit', () => {
  it('passes on bodies that lack what their type promises, and commands that nobody knows', async () => {
    const target = await receive()
    const { post } = await serve({ plugins: [{ use: 'forward', options: { url: target.url } }] })
    await post(FULL, '{"GroupId":7.5}')
    await post('New.CallbackThing', '{"a":1}')
    const bodies = (await target.got(2)).map(({ body }) => body)
    expect(bodies).to.have.members(['{"GroupId":7.5}', '{"a":1}'])
  })

  it('asks nobody about before-callbacks without decide', async () => {
    const target = await receive()
    const { post } = await serve({ plugins: [{ use: 'forward', options: { url: target.url } }] })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 0 })
    await post(FULL, full())
    expect((await target.got(1)).map(({ query }) => query.get('CallbackCommand'))).to.deep.equal([FULL])
  })
})
