import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { stopAfterTest } from '../harness/hooks.ts'
import { bench, failureOf, GROUP_ID, roles, TestClock } from './support.ts'

const remove = { GroupId: GROUP_ID, MemberToDel_Account: ['g-5'] }

/** A clock on which a sleep ends when the test says so. */
class HeldClock extends TestClock {
  wake: () => void = () => undefined
  #fallAsleep: () => void = () => undefined
  readonly asleep = new Promise<void>((resolve) => (this.#fallAsleep = resolve))

  override sleep(): Promise<void> {
    this.#fallAsleep()
    return new Promise((resolve) => (this.wake = resolve))
  }
}

/** Answers every request in one way, and counts them. */
async function gateway(status: number, text: string, headers: Record<string, string> = {}) {
  const seen = { calls: 0 }
  const server = createServer((_request, response) => {
    seen.calls++
    response.writeHead(status, headers).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe('a REST call that a gateway answers', () => {
  it('slows the whole client down for status 429, and may be repeated, since nothing has happened', async () => {
    const { fake, rest, paused } = await bench()
    fake.inject({ answer: { status: 429, text: '' } })
    await rest.deleteGroupMember(remove)
    expect(fake.calls).to.have.length(2)
    expect(paused).to.deep.equal([{ sdkAppId: fake.sdkAppId, reason: 'rate', pauseMs: 1000 }])
  })

  it('is tried again for status 408, and not for 404', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { status: 408, text: '' } })
    await roles(rest)
    fake.inject({ answer: { status: 404, text: '{"ErrorCode":0}' }, times: 9 })
    const error = await failureOf(roles(rest))
    expect(error).to.include({ code: 'REST_UNANSWERED', attempts: 1, outcomeUnknown: false, retryable: false })
  })

  it('accepts no answer with a status other than 200, whatever its body', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { status: 503, text: '{"ErrorCode":0,"ActionStatus":"OK"}' }, times: 4 })
    expect(await failureOf(roles(rest))).to.include({ code: 'REST_UNANSWERED', attempts: 4 })
  })

  it('accepts no code that is not an integer', async () => {
    const { fake, rest } = await bench()
    fake.inject({ edit: (answer) => ({ ...answer, ErrorCode: 0.5 }), times: 4 })
    expect(await failureOf(roles(rest))).to.include({ code: 'REST_UNANSWERED', attempts: 4 })
  })

  it('follows no redirection, which would show the UserSig to somebody else', async () => {
    const elsewhere = await gateway(200, '{"ErrorCode":0}')
    const there = await gateway(302, '', { Location: `${elsewhere.url}/v4/any` })
    const { rest } = await bench({}, { baseUrl: there.url })
    expect(await failureOf(roles(rest))).to.include({ code: 'REST_UNANSWERED', attempts: 1 })
    expect(there.seen.calls).to.equal(1)
    expect(elsewhere.seen.calls).to.equal(0)
  })
})

describe('what a failed REST call says about its outcome', () => {
  it('is unknown after 60008, which Tencent sends before or after the effect', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { code: 60008 } })
    expect(await failureOf(rest.deleteGroupMember(remove))).to.include({ attempts: 1, outcomeUnknown: true })
  })

  it('stays unknown when the next try does not go out', async () => {
    const clock = new HeldClock()
    const { fake, rest } = await bench({}, { clock })
    fake.inject({ command: 'get_role_in_group', answer: { status: 502, text: '' } })
    fake.inject({ command: 'query_online_status', answer: { code: 70009 } })
    const call = failureOf(roles(rest))
    await clock.asleep
    await failureOf(rest.queryOnlineStatus({ To_Account: ['g-0'] }, { attempts: 1 }))
    clock.wake()
    expect(await call).to.include({ code: 'REST_SUSPENDED', attempts: 1, outcomeUnknown: true })
  })
})

describe('a REST client', () => {
  it('does not lengthen its rest by what was under way when it began', async () => {
    const { fake, rest, clock, paused } = await bench()
    fake.inject({ command: 'query_online_status', answer: { code: 70009 }, delayMs: 40 })
    fake.inject({ command: 'get_role_in_group', answer: { code: 70009 } })
    const slow = failureOf(rest.queryOnlineStatus({ To_Account: ['g-0'] }))
    await fake.called('query_online_status')
    await failureOf(roles(rest))
    clock.advance(100_000)
    expect((await slow).errorCode).to.equal(70009)
    expect(paused).to.have.length(1)
    clock.advance(199_999)
    expect(await failureOf(roles(rest))).to.include({ code: 'REST_SUSPENDED' })
    clock.advance(1)
    await roles(rest)
  })

  it('leaves nothing behind on the signal of its caller', async () => {
    const { rest } = await bench()
    const { signal } = new AbortController()
    await roles(rest, { signal })
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
  })

  it('takes texts out as they stand in a URL, the longer ones first, and cuts what is long', async () => {
    const { fake, rest } = await bench()
    const told = `${encodeURIComponent('a b&c')} a b&c and more ${'long '.repeat(100)}`
    fake.inject({ answer: { code: 10010, info: told } })
    const call = rest.call('openim', 'query_online_status', { Text: ['a b&c', 'a b&c and more'] })
    const { errorInfo = '' } = await failureOf(call)
    expect(errorInfo.startsWith('… … long')).to.equal(true)
    expect(errorInfo).to.have.length(301)
  })
})
