import { expect } from 'chai'
import { sample, type TestPlugin } from '../../../core/testing.ts'
import { filesOf } from '../../../plugins/moderate/files.ts'
import { type FakeService, startService } from './fakes.ts'
import { moderate, started } from './support.ts'

const AFTER = 'Group.CallbackAfterSendMsg'
const element = (MsgType: string, MsgContent: object): object => ({ MsgType, MsgContent })
const image = (URL: string): object =>
  element('TIMImageElem', {
    ImageInfoArray: [
      { Type: 3, URL: `${URL}-thumb` },
      { Type: 1, URL },
    ],
  })
const sent = (MsgSeq: number, ...MsgBody: object[]): { MsgBody: never; MsgSeq: number } => ({
  MsgBody: MsgBody as never,
  MsgSeq,
})

async function withService(more: object = {}): Promise<{ fake: FakeService; plugin: TestPlugin }> {
  const fake = await started(
    startService(({ body }) => ({ body: { verdict: String(body['url']).includes('bad') ? 'block' : 'pass' } })),
  )
  const http = {
    url: fake.url,
    body: { url: '{{url}}', kind: '{{kind}}' },
    verdict: 'verdict',
    values: { pass: ['pass'], block: ['block'] },
  }
  return { fake, plugin: await moderate({ http, media: { kinds: ['image', 'video'], ...more } }) }
}

describe('moderate: media', () => {
  it('finds the URLs of images, voices, files and videos, also in forwarded messages', () => {
    const inner = { MsgBody: [element('TIMVideoFileElem', { VideoUrl: 'https://v', ThumbUrl: 'https://t' })] }
    const found = filesOf([
      image('https://i'),
      element('TIMSoundElem', { Url: 'https://s' }),
      element('TIMFileElem', { Url: 'file:///etc/passwd' }),
      element('TIMFileElem', { Url: 'https://f' }),
      element('TIMRelayElem', { MsgList: [inner] }),
      'no element',
    ])
    const urls = found.map(({ kind, url }) => `${kind} ${url}`)
    expect(urls).to.deep.equal(['image https://i', 'sound https://s', 'file https://f', 'video https://v'])
  })

  it('recalls a group message whose image is blocked, and reports it after that', async () => {
    const { fake, plugin } = await withService()
    plugin.rest.answer('recallGroupMsg', { RecallRetList: [{ MsgSeq: 8, RetCode: 0 }] })
    await plugin.after(AFTER, sent(7, image('https://good')))
    await plugin.after(AFTER, sent(8, image('https://good'), image('https://bad')))
    expect(fake.asked.map(({ body }) => body)).to.deep.equal([
      { url: 'https://good', kind: 'image' },
      { url: 'https://bad', kind: 'image' },
    ])
    const { GroupId } = sample(AFTER)
    const [call] = plugin.rest.calls
    expect(call?.request).to.deep.equal({ GroupId, MsgSeqList: [{ MsgSeq: 8 }] })
    expect(plugin.events('block')).to.have.length(1)
    expect(plugin.events('block')[0]).to.include({ action: 'recall', message: '8', kind: 'image', group: GroupId })
    expect(plugin.counts('recalled')[0]?.value).to.equal(1)
  })

  it('asks about the kinds that are named only, and about no text', async () => {
    const { fake, plugin } = await withService()
    await plugin.after(
      AFTER,
      sent(1, element('TIMSoundElem', { Url: 'https://bad' }), element('TIMTextElem', { Text: 'bad' })),
    )
    expect(fake.asked).to.deep.equal([])
  })

  it('tries again while the service or the recall fails, and reports the case once', async () => {
    const { fake, plugin } = await withService()
    fake.faults.push({ status: 500 })
    plugin.rest.answer(
      'recallGroupMsg',
      { RecallRetList: [{ MsgSeq: 9, RetCode: 10007 }] },
      { RecallRetList: [{ MsgSeq: 9, RetCode: 0 }] },
    )
    const handled = plugin.bus.next('handler:done')
    const failures: unknown[] = []
    for (let n = 0; n < 2; n++) {
      const failed = plugin.bus.next('handler:failed')
      if (n === 0)
        await plugin.after(AFTER, sent(9, image('https://bad'))).catch((error: unknown) => failures.push(error))
      else await plugin.clock.advance('1m')
      await failed
    }
    await plugin.clock.advance('10m')
    await handled
    expect(failures).to.have.length(1)
    expect(plugin.rest.calls).to.have.length(2)
    expect(plugin.events('block')).to.have.length(1)
  })

  it('waits as long as the service asks for', async () => {
    const { fake, plugin } = await withService()
    fake.faults.push({ status: 429, headers: { 'retry-after': '60' } })
    const failed = plugin.bus.next('handler:failed')
    await plugin.after(AFTER, sent(10, image('https://good'))).catch(() => undefined)
    expect(await failed).to.include({ deferred: true, retryMs: 60_000 })
  })
})
