import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { BEFORE, entry, FULL, message } from '../harness/plugin.ts'
import { PAYLOADS } from './payloads.ts'
import { sendFull, sendMessage, type Shown, shownServer } from './support.ts'

/** Elements that the page itself never has, and attributes that it never sets. */
const FOREIGN = `Array.from(document.body.querySelectorAll(
  'script, img, iframe, object, embed, style, link, base, meta, video, audio, marquee, template, math, xss, animate, body'
), (element) => element.outerHTML).concat(
  Array.from(document.querySelectorAll('*')).flatMap((element) => Array.from(element.attributes))
    .filter(({ name, value }) => /^on/i.test(name) || /^\\s*(?:javascript|vbscript|data:text)/i.test(value))
    .map(({ name, value }) => name + '=' + value)
)`

const linksIn = (place: string): string => `Array.from(document.querySelectorAll('${place} a'))`

/** Opens the page where `hit` tells what has run. */
async function openHostile(shown: Shown, link: string): Promise<{ page: Page; troubles: string[] }> {
  const watched = await openPage(`${shown.url}#/config`)
  await watched.page.exposeFunction('hit', (number: number) => void watched.troubles.push(`payload ${number} has run`))
  await watched.page.goto(`${shown.url}${link}`)
  return watched
}

async function expectHarmless({ page, troubles }: { page: Page; troubles: string[] }): Promise<void> {
  expect(await page.evaluate(FOREIGN)).to.deep.equal([])
  expect(troubles).to.deep.equal([])
}

/** What a stranger can say of a text: in each place of a message. */
function elementsWith(payload: string): object[] {
  return [
    { MsgType: 'TIMTextElem', MsgContent: { Text: payload } },
    { MsgType: payload, MsgContent: { [payload]: payload } },
    { MsgType: 'TIMCustomElem', MsgContent: { Data: payload, Desc: payload, Ext: payload } },
    {
      MsgType: 'TIMImageElem',
      MsgContent: { ImageInfoArray: [{ Width: payload, URL: payload }, { URL: `https://img.invalid/${payload}` }] },
    },
    { MsgType: 'TIMFileElem', MsgContent: { FileName: payload, Url: payload } },
    {
      MsgType: 'TIMRelayElem',
      MsgContent: { Title: payload, MsgList: [{ From_Account: payload, MsgBody: [{ MsgType: payload }] }] },
    },
  ]
}

/** Sends a message that has these payloads in each place of its body and its URL. */
async function sendPayloads(shown: Shown, payloads: readonly string[]): Promise<void> {
  const named = Object.fromEntries(payloads.map((payload) => [payload, payload]))
  const [all, MsgBody] = [payloads.join(' '), payloads.flatMap(elementsWith)]
  const more = { ...named, GroupId: `@${all}`, From_Account: all, MsgBody, MsgTime: all }
  await sendMessage(shown, more, { ...named, OptPlatform: all, ClientIP: all })
}

describe('what strangers send', () => {
  closeBrowserAfterAll()

  it('is text in the list of events, whatever its accounts, groups and commands are', async () => {
    const shown = await shownServer()
    for (const payload of PAYLOADS) await sendPayloads(shown, [payload])
    for (const payload of PAYLOADS) await shown.server.post(payload, { CallbackCommand: payload, Note: payload })
    for (const payload of PAYLOADS) await shown.server.post(FULL, `${payload}{`)
    const watched = await openHostile(shown, '#/events')
    await watched.page.locator('ol.events > li').nth(49).waitFor()
    for (;;) {
      await expectHarmless(watched)
      const more = watched.page.getByRole('button', { name: 'Search further back' })
      const end = watched.page.getByText('That is all that is stored.')
      await more.or(end).first().waitFor()
      if (!(await more.isVisible())) break
      await more.click()
      await watched.page.getByText(/\d+ shown/).waitFor()
    }
    expect(await watched.page.locator('ol.events > li').count()).to.be.at.least(2 * PAYLOADS.length)
    // They are there, as text.
    expect(await watched.page.locator('ol.events').innerText()).to.include('<svg onload=hit(4)>')
  })

  it('is text in one event: body, message, URL parameters, faults', async () => {
    const shown = await shownServer()
    // Three fill what is drawn of a message at first.
    for (let n = 0; n < PAYLOADS.length; n += 3) await sendPayloads(shown, PAYLOADS.slice(n, n + 3))
    const watched = await openHostile(shown, '#/events')
    const { page } = watched
    await page.locator('ol.events > li').nth(17).waitFor()
    const links = await page.evaluate<string[]>(`${linksIn('ol.events')}.map(({ hash }) => hash)`)
    expect(links).to.have.length(Math.ceil(PAYLOADS.length / 3))
    for (const link of links) {
      await page.evaluate(`location.hash = ${JSON.stringify(link)}`)
      await page.getByRole('button', { name: 'Show the body' }).click()
      await page.locator('.json').waitFor()
      await expectHarmless(watched)
      const addresses = await page.evaluate<string[]>(`${linksIn('main')}.map(({ href }) => href)`)
      for (const address of addresses) expect(address).to.match(/^https?:\/\//)
    }
  })

  it('is text in the errors of plugins, dead letters, and tables that plugins make', async () => {
    let at = 0
    const fails = entry(
      'hostile',
      {
        [FULL]: () => {
          throw new Error(PAYLOADS[at++ % PAYLOADS.length])
        },
      },
      { retry: { attempts: 1 } },
    )
    const shown = await shownServer({}, [fails, { use: tables }])
    shown.plays.fault = undefined
    for (const [n] of PAYLOADS.entries()) await sendFull(shown, { GroupId: `@TGS#${n}` })
    const watched = await openHostile(shown, '#/dead-letters')
    await watched.page.locator('.letters > li').nth(40).waitFor()
    expect(await watched.page.locator('.groups').innerText()).to.include('<svg onload=hit(4)>')
    await expectHarmless(watched)
    await watched.page.locator('.letters a').nth(4).click()
    await watched.page.locator('.timeline .error').first().waitFor()
    await expectHarmless(watched)
    await watched.page.goto(`${shown.url}#/plugins/tables/rows`)
    await watched.page.getByRole('cell', { name: '<svg onload=hit(4)>' }).first().waitFor()
    await expectHarmless(watched)
  })

  it('is text where a link of somebody else says it', async () => {
    const shown = await shownServer()
    await sendMessage(shown)
    const watched = await openHostile(shown, '#/overview')
    const links = PAYLOADS.map((payload) => encodeURIComponent(Buffer.from(payload).toString())).flatMap((text) => [
      `#/plugins/${text}/${text}`,
      `#/events/${text}`,
      `#/events?group=${text}&command=${text}&since=${text}`,
      `#/dead-letters?plugin=${text}&reason=${text}`,
      `#/${text}`,
    ])
    const found = await watched.page.evaluate<string[]>(`(async () => {
      const found = []
      for (const link of ${JSON.stringify(links)}) {
        location.hash = link
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
        found.push(...${FOREIGN})
      }
      return found
    })()`)
    expect(found).to.deep.equal([])
    await expectHarmless(watched)
  })

  it('cannot turn the direction of what is around it', async () => {
    const shown = await shownServer()
    await sendMessage(shown, { From_Account: 'gpj.\u202Eexe.evil', GroupId: '@TGS#\u2066x' })
    const { page } = await openPage(`${shown.url}#/events`)
    await page.locator('ol.events > li').waitFor()
    expect(await page.locator('.event .about').innerText())
      .to.include('U+202E')
      .and.not.include('\u202E')
    const bidi = await page.evaluate('getComputedStyle(document.querySelector(".untrusted")).unicodeBidi')
    expect(bidi).to.equal('isolate')
  })
})

const tables = {
  name: 'tables',
  handlers: { [BEFORE]: () => undefined },
  commands: {
    rows: {
      description: PAYLOADS[2] ?? '',
      view: true as const,
      run: () => PAYLOADS.map((payload) => ({ text: payload, [payload]: message(payload) })),
    },
  },
}
