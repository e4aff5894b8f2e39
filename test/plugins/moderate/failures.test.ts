import { expect } from 'chai'
import { type Fault, startOpenAi, startTms } from './fakes.ts'
import { GROUP, moderate, openai, started, text, tms } from './support.ts'

const SECRET = 'text-that-nobody-may-log'

describe('moderate: failures', () => {
  const faults: readonly [what: string, fault: Fault, reason: string][] = [
    ['answers 500', { status: 500 }, 'refused'],
    ['answers 429', { status: 429, headers: { 'retry-after': '1' } }, 'refused'],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'refused'],
    ['closes the connection', 'drop', 'unreachable'],
    ['answers no JSON', { text: '<html>' }, 'answer'],
    ['answers something else', { text: '{"results":[]}' }, 'answer'],
    ['answers without end', { text: 'x'.repeat(300_000) }, 'answer'],
  ]
  for (const [what, fault, reason] of faults) {
    it(`does what onFailure says when the service ${what}`, async () => {
      const fake = await started(startOpenAi())
      const plugin = await moderate({ ...openai(fake), onFailure: 'reject' })
      fake.faults.push(fault)
      expect((await plugin.before(GROUP, text(SECRET))).code).to.equal(10100)
      expect(plugin.counts('answers')).to.deep.equal([{ labels: { result: reason }, value: 1 }])
      expect(plugin.counts('undecided')).to.deep.equal([{ labels: { action: 'reject' }, value: 1 }])
      // What failed is not kept.
      expect((await plugin.before(GROUP, text(SECRET))).code).to.equal(0)
    })
  }

  it('decides by its own deadline when the service does not answer, and by the policy of the app', async () => {
    const fake = await started(startTms())
    const apps = [
      { sdkAppId: 1400000000, unsigned: true },
      { sdkAppId: 1400000001, unsigned: true },
      { sdkAppId: 1400000002, unsigned: true },
    ]
    const policies = { 1400000001: { onFailure: 'reject' }, 1400000002: { onFailure: 'drop' } }
    const plugin = await moderate({ ...tms(fake), timeoutMs: 20, apps: policies }, { apps })
    for (const [app, outcome] of [
      [1400000000, 'allow'],
      [1400000001, 'reject'],
      [1400000002, 'drop'],
    ] as const) {
      fake.faults.push('hang')
      expect((await plugin.before(GROUP, text(`to app ${app}`), { app })).outcome).to.equal(outcome)
    }
    expect(plugin.counts('answers')).to.deep.equal([{ labels: { result: 'timeout' }, value: 3 }])
  })

  it('asks once for equal texts, also for those that come meanwhile', async () => {
    const fake = await started(startTms())
    const plugin = await moderate(tms(fake))
    const codes = await Promise.all(
      ['casino', 'casino', 'hello'].map(async (said) => (await plugin.before(GROUP, text(said))).code),
    )
    expect(codes).to.deep.equal([10100, 10100, 0])
    expect((await plugin.before(GROUP, text('casino'))).code).to.equal(10100)
    expect(fake.asked).to.have.length(2)
    expect(plugin.counts('cached')[0]?.value).to.equal(2)
  })

  it('asks again without a cache', async () => {
    const fake = await started(startTms())
    const plugin = await moderate({ ...tms(fake), cache: { entries: 0 } })
    for (let n = 0; n < 3; n++) await plugin.before(GROUP, text('hello'))
    expect(fake.asked).to.have.length(3)
  })

  it('asks no more a minute than the budget says', async () => {
    const fake = await started(startTms())
    const plugin = await moderate({ ...tms(fake), perMinute: 2, onFailure: 'drop' })
    const outcomes: string[] = []
    for (const said of ['a', 'b', 'c', 'a']) outcomes.push((await plugin.before(GROUP, text(said))).outcome)
    expect(outcomes).to.deep.equal(['allow', 'allow', 'drop', 'allow'])
    expect(fake.asked).to.have.length(2)
  })

  it('puts no text, key or URL into log, events and records', async () => {
    const fake = await started(startOpenAi({ [SECRET]: 'Review', worse: 'Block' }))
    const plugin = await moderate(openai(fake, { reviewAt: 0.4 }))
    await plugin.before(GROUP, text(SECRET))
    await plugin.before(GROUP, text(`worse ${SECRET}`))
    for (const fault of ['drop', { status: 500 }, { text: SECRET }] as const) {
      fake.faults.push(fault)
      await plugin.before(GROUP, text(`${SECRET} ${JSON.stringify(fault)}`))
    }
    const written = JSON.stringify([
      plugin.log.entries,
      plugin.events('review'),
      plugin.events('block'),
      await plugin.records('case'),
    ])
    expect(plugin.log.at('warn')).to.have.length(1)
    expect(plugin.events('review')).to.have.length(1)
    expect(await plugin.records('case')).to.have.length(2)
    expect(written).not.to.contain(SECRET).and.not.to.contain('sk-key').and.not.to.contain(fake.url)
  })

  it('keeps the text of cases if caseText says so', async () => {
    const fake = await started(startTms())
    const plugin = await moderate({ ...tms(fake), caseText: true, actions: { review: 'reject', block: 'allow' } })
    expect((await plugin.before(GROUP, text('maybe'))).outcome).to.equal('reject')
    expect((await plugin.before(GROUP, text('casino'))).outcome).to.equal('allow')
    const [found] = plugin.events('review')
    expect(found).to.include({ level: 'review', action: 'reject', label: 'Ad', content: 'maybe', account: 'jared' })
    const { text: printed } = await plugin.command('cases')
    expect(printed).to.contain('casino').and.contain('jared')
  })
})
