import { expect } from 'chai'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { version } from '../../core/observe/version.ts'
import { FULL } from '../harness/plugin.ts'
import { receive } from '../plugins/forward/receiver.ts'
import { LANGUAGES, SECRET, sendFull, shownServer } from './support.ts'

describe('plugins, config and numbers on the page', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`pauses a plugin, shows what waits, and resumes it, in ${locale}`, async () => {
      const shown = await shownServer()
      shown.plays.fault = undefined
      const { page, troubles } = await openPage(`${shown.url}#/plugins/fails`, { locale })
      await page.getByRole('button', { name: texts['plugins.pause'], exact: true }).click()
      await page.getByLabel(texts['plugins.pauseReason']).fill('a new release')
      await page.getByRole('dialog').getByRole('button', { name: texts['plugins.pause'], exact: true }).click()
      await page.getByText(texts['state.paused'], { exact: true }).waitFor()
      await page.getByText('a new release').waitFor()
      await shown.server.post(FULL, { CallbackCommand: FULL, GroupId: '@TGS#1', EventTime: 1 })
      await page.goto(`${shown.url}#/events`)
      await page.getByText(`fails: ${texts['outcome.waiting']}`).waitFor()
      expect(shown.plays.handled).to.deep.equal([])

      await page.goto(`${shown.url}#/plugins/fails`)
      await page.getByRole('button', { name: texts['plugins.resume'], exact: true }).click()
      await page.getByText(texts['state.running'], { exact: true }).waitFor()
      await page.goto(`${shown.url}#/events`)
      await page.getByText(texts['outcome.manyDone'].replace('{count}', '2')).waitFor()
      expect(shown.plays.handled).to.have.length(1)
      expect(troubles).to.deep.equal([])
    })

    it(`shows how plugins do, what they handle, and no secret, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown)
      const { page, troubles } = await openPage(`${shown.url}#/plugins`, { locale })
      const card = page.locator('.plugins > li', { hasText: 'fails' })
      await card.locator('.numbers .bad', { hasText: texts['plugins.failures'] }).waitFor()
      await card.getByRole('link', { name: 'fails' }).click()
      await page.getByRole('link', { name: FULL }).waitFor()
      await page.goto(`${shown.url}#/plugins/works`)
      await page.getByText('"password"').waitFor()
      expect(await page.locator('main').innerText()).to.not.include(SECRET)

      await page.getByRole('link', { name: 'runs' }).click()
      const cells = page.getByRole('table').getByRole('cell')
      await cells.first().waitFor()
      expect(await cells.allInnerTexts()).to.deep.equal(['@TGS#1', '3', '<b>silent</b> for 90 days', '@TGS#2', '0', ''])
      expect(troubles).to.deep.equal([])
    })

    it(`shows the version of a plugin and an open circuit, in ${locale}`, async () => {
      const target = await receive()
      const options = { url: target.url, circuit: { failures: 1, probeMs: 1, maxProbeMs: 1 } }
      const shown = await shownServer({}, [{ use: 'forward', options }])
      await target.down()
      const opened = shown.server.bus.next('plugin:forward:circuit')
      await sendFull(shown)
      await opened
      const { page, troubles } = await openPage(`${shown.url}#/plugins`, { locale })
      const card = page.locator('.plugins > li', { hasText: 'forward' })
      await card.getByText(texts['state.open'], { exact: true }).waitFor()
      await card.getByText(`${texts['plugins.circuit']} ${texts['plugins.circuit.open']}`).waitFor()
      await card.getByText(`forward ${version}`).waitFor()
      await target.up()
      await card.getByText(texts['state.running'], { exact: true }).waitFor()
      await card.getByRole('link', { name: 'forward' }).click()
      await page.locator('.facts').getByText(texts['plugins.circuit.closed']).waitFor()
      await page.locator('.facts').getByText(`forward ${version}`).waitFor()
      expect(troubles).to.deep.equal([])
    })

    it(`shows the config as it takes effect, masked, in ${locale}`, async () => {
      const shown = await shownServer()
      const { page, troubles } = await openPage(`${shown.url}#/config`, { locale })
      const yaml = page.getByRole('region', { name: texts['config.effective'] })
      await yaml.waitFor()
      expect(await yaml.innerText())
        .to.include('sdkAppId: 1400000001')
        .and.include('deadlineMs: 60000')
        .and.not.include(SECRET)
      await page.getByText('server.deadlineMs: Tencent waits').waitFor()
      await page.getByText(texts['config.noChanges']).waitFor()
      expect(troubles).to.deep.equal([])
    })

    it(`shows the numbers of now and the plots of an hour and a day, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown)
      const { page, troubles } = await openPage(shown.url, { locale })
      const dead = page.locator('.tile', { hasText: texts['overview.deadLetters'] })
      await dead.getByRole('link', { name: '1' }).waitFor()
      await page.getByText(texts['overview.ready'], { exact: true }).waitFor()
      await page.locator('.plot canvas').first().waitFor()
      expect(await page.locator('.plot canvas').count()).to.equal(5)
      await page.getByRole('button', { name: texts['overview.day'] }).click()
      expect(page.url()).to.include('#/overview?span=day')
      expect(await page.getByRole('button', { name: texts['overview.day'] }).getAttribute('aria-pressed')).to.equal(
        'true',
      )
      expect(troubles).to.deep.equal([])
    })
  }
})
