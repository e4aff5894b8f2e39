import { expect } from 'chai'
import { bench, failureOf, roles, StillClock } from './support.ts'

const COMMAND = 'get_role_in_group'

describe('a REST call ends', () => {
  it('after its timeout when the server hangs', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: 'hang', times: 2 })
    const error = await failureOf(roles(rest, { timeoutMs: 30, attempts: 2 }))
    expect(error).to.include({ code: 'REST_UNANSWERED', attempts: 2, outcomeUnknown: true })
    expect(error.message).to.equal(`group_open_http_svc/${COMMAND}: no answer within 30 ms`)
  })

  it('at once when its caller gives up, while it is under way', async () => {
    const { fake, rest, called } = await bench()
    fake.inject({ answer: 'hang' })
    const caller = new AbortController()
    const call = failureOf(roles(rest, { signal: caller.signal }))
    await fake.called(COMMAND)
    caller.abort()
    expect(await call).to.include({ code: 'REST_ABORTED', attempts: 1, outcomeUnknown: true, retryable: false })
    expect(called).to.have.length(1)
    expect(called[0]).to.include({ outcome: 'aborted', attempts: 1 })
  })

  it('at once when its caller gives up, while it waits for its next try', async () => {
    const caller = new AbortController()
    const { fake, rest } = await bench({}, { clock: new StillClock(() => caller.abort()) })
    fake.inject({ answer: { code: 60014 } })
    const error = await failureOf(roles(rest, { signal: caller.signal }))
    expect(error).to.include({ code: 'REST_ABORTED', attempts: 1, outcomeUnknown: false })
  })

  it('before it is sent when its caller has given up', async () => {
    const { fake, rest } = await bench()
    const error = await failureOf(roles(rest, { signal: AbortSignal.abort() }))
    expect(error).to.include({ code: 'REST_ABORTED', attempts: 0, outcomeUnknown: false })
    expect(fake.calls).to.deep.equal([])
  })

  it('when the server stops, and no other begins', async () => {
    const { fake, rest, stopping } = await bench()
    fake.inject({ answer: 'hang', times: 30 })
    const calls = Array.from({ length: 30 }, () => failureOf(roles(rest)))
    await fake.called(COMMAND, 20)
    stopping.abort()
    for (const error of await Promise.all(calls)) expect(error.code).to.equal('REST_ABORTED')
    expect(await failureOf(roles(rest))).to.include({ code: 'REST_ABORTED', attempts: 0 })
  })

  it('before it is sent when it can be no call', async () => {
    const { fake, rest, called } = await bench()
    const circle: { self?: object } = {}
    circle.self = circle
    const calls = [
      rest.call('../admin', 'x'),
      rest.call('openim', 'x?usersig=1'),
      rest.call('openim', ''),
      rest.call('openim', 'sendmsg', circle),
      rest.call('openim', 'sendmsg', []),
      rest.call('openim', 'sendmsg', { n: 1n }),
    ]
    for (const call of calls) expect(await failureOf(call)).to.include({ code: 'REST_CALL_INVALID', attempts: 0 })
    expect(fake.calls).to.deep.equal([])
    expect(new Set(called.map(({ outcome }) => outcome))).to.deep.equal(new Set(['invalid']))
  })
})
