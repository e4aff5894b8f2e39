import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { BEFORE, FULL } from '../harness/plugin.ts'
import { LANGUAGES, sendFull, sendMessage, type Shown, shownServer } from './support.ts'

/** Opens the newest event, as a person does. */
async function openEvent(shown: Shown, options: object = {}): Promise<{ page: Page; troubles: string[] }> {
  const watched = await openPage(`${shown.url}#/events`, {
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  })
  await watched.page.locator('ol.events a').first().click()
  await watched.page.locator('.facts code').first().waitFor()
  return watched
}

describe('one event', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`shows a callback and its outcomes, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown, { GroupId: '@TGS#class' }, { OptPlatform: 'RESTAPI', Sign: 'a'.repeat(64) })
      const { page, troubles } = await openEvent(shown, { locale })
      await page.getByRole('heading', { name: FULL }).waitFor()
      const text = await page.locator('main').innerText()
      expect(text).to.include('@TGS#class').and.include('RESTAPI').and.include('out of order')
      expect(text).to.include(locale === 'zh-CN' ? '群组满员之后' : 'Group is full')
      expect(text).to.not.include('a'.repeat(64))
      const steps = await page.locator('.timeline > li').allInnerTexts()
      expect(steps.join('\n')).to.include(texts['event.received']).and.include(`fails ${texts['event.dead']}`)
      // The zone of the viewer's clock is told.
      expect(text).to.match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d/)
      expect(troubles).to.deep.equal([])
    })

    it(`shows a body after a click, by its types, and loads nothing from it, in ${locale}`, async () => {
      const shown = await shownServer()
      const MsgBody = [
        { MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet <b>你好</b>' } },
        {
          MsgType: 'TIMImageElem',
          MsgContent: {
            ImageInfoArray: [{ Type: 1, Size: 2048, Width: 12, Height: 8, URL: 'https://img.invalid/a.jpg' }],
          },
        },
        { MsgType: 'TIMCustomElem', MsgContent: { Data: '{"order":17}', Desc: 'notification' } },
        { MsgType: 'TIMNewElem', MsgContent: { Some: 'thing' } },
      ]
      await sendMessage(shown, { MsgBody, MsgSeq: 3 })
      const { page, troubles } = await openEvent(shown, { locale })
      await page.getByRole('heading', { name: BEFORE }).waitFor()
      expect(await page.locator('main').innerText()).to.not.include('red packet')
      await page.getByRole('button', { name: texts['event.showBody'] }).click()
      await page.getByText('red packet <b>你好</b>', { exact: true }).waitFor()
      const message = await page.locator('.message').innerText()
      expect(message).to.include('12×8 2 kB').and.include('{"order":17}').and.include('TIMNewElem')
      const link = page.getByRole('link', { name: 'https://img.invalid/a.jpg' })
      expect(await link.getAttribute('rel')).to.equal('noreferrer noopener')
      expect(await link.getAttribute('target')).to.equal('_blank')
      expect(await page.locator('img, iframe, object, embed, video, audio').count()).to.equal(0)
      expect(await page.locator('.json').innerText()).to.include('"MsgSeq": 3')
      expect(troubles).to.deep.equal([])
    })

    it(`is replayed, retried and dropped after a question, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown)
      const { page, troubles } = await openEvent(shown, { locale })
      const button = (name: string) => page.getByRole('button', { name, exact: true })
      const answer = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })

      // Escape and "cancel" do nothing.
      await button(texts['event.drop']).click()
      await page.getByRole('dialog').getByText(texts['event.dropTitle'].replace('{plugin}', 'fails')).waitFor()
      await page.keyboard.press('Escape')
      await button(texts['event.retry']).click()
      await answer(texts['app.cancel']).click()
      expect(shown.plays.handled).to.deep.equal([])

      shown.plays.fault = undefined
      await button(texts['event.retry']).click()
      await answer(texts['event.retry']).click()
      await page.getByText(texts['done.retry'].replace('{count}', '1')).waitFor()
      await page.getByText(`fails: ${texts['outcome.done']}`).waitFor()
      expect(shown.plays.handled).to.have.length(1)

      await button(texts['event.replay']).click()
      await page.getByRole('dialog').getByLabel(texts['events.plugin']).selectOption('fails')
      await answer(texts['event.replay']).click()
      await page.getByText(texts['done.replay'].replace('{count}', '1')).waitFor()
      expect(shown.plays.handled).to.have.length(2)
      expect(troubles).to.deep.equal([])
    })

    it(`is copied as a command, and sent again as a test, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown, { GroupId: '@TGS#copied' })
      const { page, troubles } = await openEvent(shown, { locale })
      await page.getByRole('button', { name: texts['event.copyTrigger'] }).click()
      await page.getByText(texts['app.copied'], { exact: true }).waitFor()
      const copied = String(await page.evaluate('navigator.clipboard.readText()'))
      expect(copied).to.match(
        /^timhook trigger Group\.CallbackAfterGroupFull --app \d+ --raw \/dev\/stdin <<'JSON'\n\{/,
      )
      expect(copied).to.include('@TGS#copied')

      await page.getByRole('button', { name: texts['event.test.edit'] }).click()
      const body = page.getByRole('dialog').getByLabel(texts['event.body'], { exact: true }).first()
      while (!(await body.inputValue()).includes('@TGS#copied'));
      await body.fill(JSON.stringify({ CallbackCommand: FULL, GroupId: '@TGS#edited', EventTime: 7 }))
      await page.getByRole('button', { name: texts['event.testSend'], exact: true }).click()
      await page.getByText(texts['event.testAnswer'].replace('{status}', '200')).first().waitFor()
      await page.getByRole('link', { name: texts['event.testOpen'] }).click()
      await page.getByText('@TGS#edited').first().waitFor()
      await page.locator('.chip', { hasText: texts['event.test'] }).waitFor()
      expect(troubles).to.deep.equal([])
    })
  }

  it('has no body and no test if the config does not allow them', async () => {
    const shown = await shownServer({ bodies: false, write: false })
    await sendFull(shown, { GroupId: '@TGS#1', Note: 'between us' })
    const { page } = await openEvent(shown)
    await page.getByText('Bodies are shown only with admin.bodies: true.').waitFor()
    expect(await page.getByRole('button', { name: 'Show the body' }).count()).to.equal(0)
    expect(await page.getByRole('button', { name: 'Edit and send as a test' }).count()).to.equal(0)
    await page.getByRole('button', { name: 'Copy as timhook trigger' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).to.match(/^timhook trigger [\w.]+ --app \d+$/)
  })

  it('says so if it is no longer stored', async () => {
    const shown = await shownServer()
    const { page } = await openPage(`${shown.url}#/events/0000000000000000000000`)
    await page.getByText('Not stored, or no longer.').waitFor()
  })

  it('shows a body of a megabyte and 10,000 elements, a little at first', async () => {
    const shown = await shownServer()
    const MsgBody = Array.from({ length: 10_000 }, (_, n) => ({
      MsgType: 'TIMTextElem',
      MsgContent: { Text: `line ${n} ${'x'.repeat(40)}` },
    }))
    await sendMessage(shown, { MsgBody })
    const { page, troubles } = await openEvent(shown)
    await page.getByRole('button', { name: 'Show the body' }).click()
    await page.getByText('Elements: 10000').waitFor()
    expect(await page.locator('.message > li').count()).to.be.below(50)
    expect(Number(await page.evaluate('document.querySelectorAll("*").length'))).to.be.below(5000)
    await page.getByRole('button', { name: /Show all/ }).click()
    await page.locator('.json', { hasText: 'line 9999 ' }).waitFor()
    expect(troubles).to.deep.equal([])
  })
})
