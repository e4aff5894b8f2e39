import { expect } from 'chai'
import { ManualClock } from '../../../core/lib/clock.ts'
import { Events } from '../../../plugins/notify/events.ts'
import type { EventNotice } from '../../../plugins/notify/formats.ts'
import { fill } from '../../../plugins/notify/template.ts'
import { startWebhook } from '../../fakes/chat-webhooks.ts'
import { entry, FULL, full } from '../../harness/plugin.ts'
import { serve } from '../../harness/server.ts'

const REVIEW = 'plugin:moderate:review'

interface Collecting {
  readonly events: Events
  readonly notices: EventNotice[]
  /** Moves the clock on. */
  readonly pass: (ms: number) => Promise<void>
}

function collecting(options: { perMinute?: number; events?: Record<string, string> } = {}): Collecting {
  const clock = new ManualClock()
  const notices: EventNotice[] = []
  const events = new Events({
    options: { events: { [REVIEW]: '{{label}} by {{account}}' }, group: 10_000, perMinute: 3, ...options },
    push: (notice) => void notices.push(notice),
    note: () => undefined,
    clock: { ...pick(clock), clearTimeout: (timer) => clock.clearTimeout(timer) },
  })
  return { events, notices, pass: (ms) => clock.advance(ms, () => Promise.resolve()) }
}

function pick(clock: ManualClock): Pick<ManualClock, 'monotonic' | 'setTimeout'> {
  return { monotonic: () => clock.monotonic(), setTimeout: (run, ms) => clock.setTimeout(run, ms) }
}

const lines = (notices: readonly EventNotice[]): string[] => notices.map(({ line }) => line)

describe('notify: events of plugins', () => {
  it('fills templates: fields, fields of fields, and nothing for what is not there', () => {
    const fields = { a: 'x', left: { count: 3 }, list: [1, 2], long: 'y'.repeat(400), lines: 'a\n@all\tb' }
    expect(fill('{{a}} {{ left.count }} {{none}}|{{list}} {{constructor}}', fields)).to.equal('x 3 |[1,2] ')
    expect(fill('{{lines}}', fields)).to.equal('a @all b')
    expect(fill('{{long}}', fields)).to.have.length(301)
  })

  it('collects equal lines into one, with their number', async () => {
    const { events, notices, pass } = collecting()
    for (let n = 0; n < 5; n++) events.add(REVIEW, { label: 'Ad', account: 'jared' })
    events.add(REVIEW, { label: 'Ad', account: 'monica' })
    events.add('plugin:moderate:block', { label: 'Ad' })
    expect(notices).to.deep.equal([])
    await pass(10_000)
    expect(lines(notices)).to.deep.equal(['Ad by jared (5 times)', 'Ad by monica'])
  })

  it('sends no more lines of an event a minute than perMinute, and the number of the others', async () => {
    const { events, notices, pass } = collecting()
    for (let n = 0; n < 50; n++) events.add(REVIEW, { label: 'Ad', account: `a${n}` })
    await pass(10_000)
    expect(lines(notices)).to.deep.equal(['Ad by a0', 'Ad by a1', 'Ad by a2'])
    await pass(50_000)
    expect(lines(notices).slice(3)).to.deep.equal([`… and 47 more of ${REVIEW}`])
    events.add(REVIEW, { label: 'Ad', account: 'later' })
    await pass(10_000)
    expect(lines(notices).slice(4)).to.deep.equal(['Ad by later'])
  })

  it('hands over what waits when it is closed', () => {
    const { events, notices } = collecting({ perMinute: 1, events: { 'plugin:*': '{{event}}' } })
    events.add('plugin:a:x', undefined)
    events.add('plugin:b:y', null)
    events.close()
    expect(lines(notices)).to.deep.equal(['plugin:a:x', 'plugin:b:y'])
  })

  it('sends an event of another plugin from end to end, with the fields of the template alone', async () => {
    const fake = await startWebhook('json')
    const shop = entry('shop', {
      [FULL]: (context: { emit: (name: string, data: unknown) => void }) => {
        context.emit('order', { number: 7, secret: 'nobody-may-see-this' })
      },
    })
    const options = { url: fake.url, events: { 'plugin:shop:*': 'order {{number}}' }, group: 0, alerts: false }
    const { post, bus } = await serve({ plugins: [shop, { use: 'notify', options }] })
    const arrived = fake.next()
    await post(FULL, full())
    expect(await arrived).to.equal('order 7')
    bus.emit('alert:raised', { rule: 'backlog', since: 1, text: 'not wanted here' })
    expect(fake.requests).to.have.length(1)
  })

  it('writes alerts by a template of its own', async () => {
    const fake = await startWebhook('json')
    const options = { url: fake.url, template: '{{what}} {{rule}} on {{host}}: {{text}}' }
    const { bus } = await serve({ plugins: [{ use: 'notify', options }] })
    const arrived = fake.next()
    bus.emit('alert:raised', { rule: 'backlog', since: 1, text: 'behind' })
    expect(await arrived).to.match(/^ALERT backlog on .+: behind$/)
  })
})
