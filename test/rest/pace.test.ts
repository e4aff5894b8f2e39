import { expect } from 'chai'
import { Pace } from '../../core/rest/pace/pace.ts'
import { bench, failureOf, GROUP_ID, roles, TestClock } from './support.ts'

const never = new AbortController().signal

/** When each of so many turns of an API came, in milliseconds from the start. */
async function turns(pace: Pace, clock: TestClock, count: number, perSecond: number, api = 'a'): Promise<number[]> {
  const start = clock.now()
  const times: number[] = []
  await Promise.all(
    Array.from({ length: count }, async () => {
      await pace.acquire(api, perSecond, never)
      times.push(clock.now() - start)
    }),
  )
  return times
}

/** The most turns within any second. */
function busiest(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
}

describe('the pace of REST calls', () => {
  it('keeps every second within the limit of an API, and uses most of it', async () => {
    const clock = new TestClock()
    for (const perSecond of [200, 100, 40]) {
      const times = await turns(new Pace(clock), clock, perSecond * 5, perSecond)
      expect(busiest(times)).to.be.at.most(perSecond)
      expect(times.at(-1)).to.be.within(4000, 6000)
    }
    expect(await turns(new Pace(clock), clock, 4, 1)).to.deep.equal([0, 1000, 2000, 3000])
  })

  it('lets the first calls go at once, and every API on its own', async () => {
    const clock = new TestClock()
    const pace = new Pace(clock)
    expect(new Set(await turns(pace, clock, 20, 200))).to.deep.equal(new Set([0]))
    expect(new Set(await turns(pace, clock, 20, 200, 'b'))).to.deep.equal(new Set([0]))
    expect(clock.sleeps).to.deep.equal([])
  })

  it('slows every API down after a code of too many calls, and recovers', async () => {
    const clock = new TestClock()
    const pace = new Pace(clock)
    expect(pace.slowDown()).to.equal(true)
    // What was under way with it says the same.
    expect(pace.slowDown()).to.equal(false)
    const slow = await turns(pace, clock, 300, 200, 'b')
    expect(slow[0]).to.equal(1000)
    expect(busiest(slow)).to.be.within(80, 120)
    clock.advance(20_000)
    expect(busiest(await turns(pace, clock, 400, 200, 'b'))).to.be.within(180, 200)
  })

  it('recovers step by step', async () => {
    const clock = new TestClock()
    const pace = new Pace(clock)
    for (let n = 0; n < 2; n++) {
      pace.slowDown()
      clock.advance(1000)
    }
    clock.advance(10_000)
    // A quarter of the rate is half of it by now.
    expect(busiest(await turns(pace, clock, 200, 200))).to.be.within(80, 120)
  })

  it('keeps the longer one of two pauses', async () => {
    const clock = new TestClock()
    const pace = new Pace(clock)
    expect(pace.pause(60_000)).to.equal(true)
    expect(pace.pause(1000)).to.equal(false)
    expect(await turns(pace, clock, 1, 200)).to.deep.equal([60_000])
  })

  it('holds back those who wait for their turn when a pause begins', async () => {
    const clock = new TestClock()
    const pace = new Pace(clock)
    const waiting = turns(pace, clock, 2, 1)
    pace.pause(5000)
    expect((await waiting)[1]).to.be.at.least(5000)
  })

  it('is given up by a call whose signal is aborted', async () => {
    const pace = new Pace(new TestClock())
    const caller = new AbortController()
    pace.pause(60_000)
    const turn = pace.acquire('a', 200, caller.signal)
    caller.abort(new Error('enough'))
    expect(await turn.catch((error: unknown) => String(error))).to.include('enough')
  })
})

describe('a client', () => {
  it('stays under the rate limit of a server that counts', async () => {
    const { fake, rest, paused } = await bench()
    await Promise.all(Array.from({ length: 450 }, () => roles(rest)))
    expect(fake.calls.filter(({ code }) => code !== 0)).to.deep.equal([])
    expect(fake.calls).to.have.length(450)
    expect(paused).to.deep.equal([])
  })

  it('slows down as a whole when it is told so', async () => {
    const { fake, rest, clock, paused } = await bench()
    for (const code of [60007, 60011, 60018, 60019, 10006]) {
      fake.inject({ command: 'get_role_in_group', answer: { code } })
      const before = clock.now()
      await Promise.all([roles(rest), rest.queryOnlineStatus({ To_Account: ['g-0'] })])
      await rest.queryOnlineStatus({ To_Account: ['g-0'] })
      expect(clock.now() - before).to.be.at.least(1000)
      expect(paused.at(-1)).to.deep.equal({ sdkAppId: fake.sdkAppId, reason: 'rate', code, pauseMs: 1000 })
    }
  })

  it('rests a minute after too many failed signatures, all of its calls', async () => {
    const { fake, rest, clock, paused } = await bench()
    fake.inject({ answer: { code: 70050 } })
    const before = clock.now()
    await roles(rest)
    expect(clock.now() - before).to.equal(60_000)
    expect(paused).to.deep.equal([{ sdkAppId: fake.sdkAppId, reason: 'signatures', code: 70050, pauseMs: 60_000 }])
    fake.inject({ answer: { code: 70050 }, times: 2 })
    expect(await failureOf(roles(rest))).to.include({ errorCode: 70050, attempts: 2 })
    const waited = clock.now()
    await rest.queryOnlineStatus({ To_Account: ['g-0'] })
    expect(clock.now() - waited).to.equal(60_000)
  })

  for (const code of [60010, 60020, 60021, 60026, 70009, 70013, 70014, 70016, 70020, 70051]) {
    it(`sends nothing for 5 minutes after ${code}, which says that its settings are wrong`, async () => {
      const { fake, rest, clock, paused, called } = await bench()
      fake.inject({ answer: { code } })
      expect(await failureOf(roles(rest))).to.include({ code: 'REST_REFUSED', errorCode: code, retryable: false })
      const suspended = await failureOf(rest.deleteGroupMember({ GroupId: GROUP_ID, MemberToDel_Account: ['g-5'] }))
      expect(suspended).to.include({ code: 'REST_SUSPENDED', errorCode: code, attempts: 0, outcomeUnknown: false })
      expect(suspended.retryable).to.equal(true)
      expect(fake.calls).to.have.length(1)
      expect(paused).to.deep.equal([{ sdkAppId: fake.sdkAppId, reason: 'settings', code, pauseMs: 300_000 }])
      expect(called.at(-1)).to.include({ outcome: 'suspended', attempts: 0 })
      clock.advance(300_000)
      await roles(rest)
    })
  }
})
