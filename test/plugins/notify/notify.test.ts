import { expect } from 'chai'
import { type Notice, textOf, webhooks } from '../../../plugins/notify/formats.ts'
import { Sender } from '../../../plugins/notify/sender.ts'
import type { Log } from '../../../core/plugin.ts'
import type { Bus } from '../../../core/observe/bus.ts'
import { type ChatFormat, type FakeWebhook, startWebhook } from '../../fakes/chat-webhooks.ts'
import { samplesOf, scrape } from '../../harness/metrics.ts'
import { entry, FULL, full } from '../../harness/plugin.ts'
import { serve } from '../../harness/server.ts'

const FORMATS: readonly [ChatFormat, secret?: string][] = [
  ['wecom'],
  ['dingtalk'],
  ['dingtalk', 'SEC-secret-of-the-robot'],
  ['feishu'],
  ['feishu', 'secret-of-the-bot'],
  ['slack'],
  ['json'],
  ['json', Buffer.from('secret of the webhook').toString('base64')],
]

const raise = (bus: Bus, text: string): void => bus.emit('alert:raised', { rule: 'backlog', since: 1, text })
const notice = (line: string): Notice => ({
  line,
  event: 'alert:raised',
  alert: { rule: 'backlog', since: 1, text: line },
})

interface Sending {
  sender: Sender
  counted: Record<string, number>
  lines: unknown[]
}

function sending(format: ChatFormat, { url }: FakeWebhook, retriesMs: readonly number[] = []): Sending {
  const counted: Record<string, number> = {}
  const lines: unknown[] = []
  const write = (line: unknown): void => void lines.push(line)
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  const sender = new Sender({
    webhook: { ...webhooks[format], intervalMs: 0 },
    target: { url },
    log,
    note: () => undefined,
    count: (_name, { result = '' } = {}) => void (counted[result] = (counted[result] ?? 0) + 1),
    retriesMs,
  })
  return { sender, counted, lines }
}

describe('notify', () => {
  for (const [format, secret] of FORMATS) {
    it(`sends what the webhook of ${format} accepts, ${secret === undefined ? 'unsigned' : 'signed'}`, async () => {
      const fake = await startWebhook(format, secret)
      const { bus, server } = await serve({
        admin: { port: 0 },
        alerts: { url: fake.url, format, ...(secret !== undefined && { signingSecret: secret }) },
      })
      const arrived = fake.next()
      raise(bus, 'plugin <a> is 7 min behind')
      const text = await arrived
      expect(text).to.match(/^\[timhook\] ALERT: plugin (<a>|&lt;a&gt;) is 7 min behind \(/)
      const sent = 'timhook_plugin_notify_messages_total{result="sent",plugin="alerts"}'
      while (samplesOf(await scrape(server.adminUrl)).get(sent) !== 1) expect(fake.texts).to.have.length(1)
    })
  }

  it('says that an alert is over', async () => {
    const fake = await startWebhook('json')
    const { bus } = await serve({ plugins: [{ use: 'notify', options: { url: fake.url } }] })
    const arrived = fake.next()
    bus.emit('alert:cleared', { rule: 'backlog', since: 1, text: 'plugin a is behind', lastedMs: 5 })
    expect(await arrived).to.contain('over: plugin a is behind')
  })

  it('sends what came meanwhile in one message, no sooner than the webhook allows, and no longer than it takes', async () => {
    const fake = await startWebhook('wecom')
    const { bus } = await serve({ alerts: { url: fake.url, format: 'wecom' } })
    const first = fake.next()
    raise(bus, 'the first')
    await first
    const second = fake.next()
    for (let n = 0; n < 100; n++) raise(bus, `number ${n} 中文中文中文中文`)
    const text = await second
    expect(fake.requests).to.have.length(2)
    expect(Number(fake.requests[1]?.at) - Number(fake.requests[0]?.at)).to.be.at.least(2900)
    expect(Buffer.byteLength(text)).to.be.within(1500, 2048)
    expect(text)
      .to.contain('number 0 ')
      .and.match(/… and \d+ more$/)
  })

  it('tries again when the webhook is away, refuses or asks to wait, and sends in order', async () => {
    const fake = await startWebhook('json')
    fake.script.push('hang up', { status: 500, body: '' }, { status: 429, body: '', headers: { 'retry-after': '0' } })
    const { sender, counted } = sending('json', fake, [1, 1, 1])
    const arrived = fake.next()
    sender.push(notice('one'))
    expect(await arrived).to.equal('one')
    await sender.close()
    expect(fake.requests).to.have.length(4)
    expect(counted).to.deep.equal({ sent: 1 })
  })

  it('reads an error that is answered with status 200', async () => {
    for (const [format, body] of [
      ['wecom', '{"errcode":93000,"errmsg":"invalid webhook url"}'],
      ['dingtalk', '{"errcode":310000,"errmsg":"sign not match"}'],
      ['feishu', '{"code":19021,"msg":"sign match fail"}'],
    ] as const) {
      const fake = await startWebhook(format)
      fake.script.push({ status: 200, body })
      const { sender, counted } = sending(format, fake)
      sender.push(notice('one'))
      await sender.close()
      expect(counted, format).to.deep.equal({ failed: 1 })
      expect(fake.texts).to.deep.equal([])
    }
  })

  it('logs and counts what could not be sent, without the URL, and raises no alert of it', async () => {
    const fake = await startWebhook('json')
    fake.script.push('hang up')
    const { sender, counted, lines } = sending('json', fake)
    sender.push(notice('one'))
    await sender.close()
    expect(counted).to.deep.equal({ failed: 1 })
    expect(lines).to.have.length(1)
    expect(JSON.stringify(lines)).to.contain('"alerts":1').and.not.contain('the-key-of-the-hook')
    expect(fake.requests).to.have.length(1)
  })

  it('sends what waits before the server ends', async () => {
    const fake = await startWebhook('dingtalk')
    const { bus, server } = await serve({ alerts: { url: fake.url, format: 'dingtalk' } })
    const first = fake.next()
    raise(bus, 'the first')
    await first
    raise(bus, 'the last')
    await server.stop({ drainMs: 0, graceMs: 0 })
    expect(fake.texts).to.have.length(2)
    expect(fake.texts[1]).to.contain('the last')
  })

  it('reports a dead letter from end to end, and hides the URL in the log', async () => {
    const fake = await startWebhook('feishu', 'secret-of-the-bot')
    const broken = entry('crm', { [FULL]: () => Promise.reject(new Error('down')) }, { retry: { attempts: 1 } })
    const alerts = { url: fake.url, format: 'feishu', signingSecret: 'secret-of-the-bot' } as const
    const { post, lines } = await serve({ plugins: [broken], alerts })
    const arrived = fake.next()
    await post(FULL, full())
    expect(await arrived).to.contain('1 dead letter of plugin crm')
    expect(lines.join('')).not.to.contain('the-key-of-the-hook').and.not.to.contain('secret-of-the-bot')
  })

  it('leaves a text that fits as it is', () => {
    expect(textOf(['a', 'b'], 3)).to.equal('a\nb')
    expect(textOf(['a'.repeat(50), 'b'.repeat(50)], 100)).to.equal(`${'a'.repeat(50)}\n… and 1 more`)
  })

  it('cuts a line that no message can hold, between two characters', () => {
    const long = textOf(['中'.repeat(1000), 'b'], 2048)
    expect(long).to.match(/^中{600,}…\n… and 1 more$/)
    expect(Buffer.byteLength(long)).to.be.within(2000, 2048)
    expect(textOf(['中'.repeat(1000)], 2048)).to.match(/^中{600,}…$/)
  })
})
