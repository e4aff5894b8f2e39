import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { DeadLetterPage } from '../../core/admin/api-types.ts'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { LANGUAGES, sendFull, type Shown, shownServer } from './support.ts'

const dialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })

async function lettersOf({ url }: Shown): Promise<DeadLetterPage['letters']> {
  const response = await fetch(new URL('api/dead-letters', url))
  return ((await response.json()) as DeadLetterPage).letters
}

describe('dead letters on the page', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`are counted by plugin and reason, and retried or dropped together, in ${locale}`, async () => {
      const shown = await shownServer()
      for (const GroupId of ['@TGS#1', '@TGS#2', '@TGS#3']) await sendFull(shown, { GroupId })
      shown.plays.fault = 'no such member'
      await sendFull(shown, { GroupId: '@TGS#4' })
      const { page, troubles } = await openPage(`${shown.url}#/dead-letters`, { locale })
      const group = (reason: string) => page.locator('.groups > li', { hasText: reason })
      await group('out of order').waitFor()
      expect(await group('out of order').locator('.number').innerText()).to.equal('3')
      expect(await group('no such member').locator('.number').innerText()).to.equal('1')

      shown.plays.fault = undefined
      await group('out of order').getByRole('button', { name: texts['dead.retryAll'] }).click()
      await page.getByText(texts['dead.retryMany'].replace('{count}', '3').replace('{plugin}', 'fails')).waitFor()
      expect(shown.plays.handled).to.deep.equal([])
      await dialog(page, texts['event.retry']).click()
      await page.getByText(texts['done.retry'].replace('{count}', '3')).waitFor()
      await group('out of order').waitFor({ state: 'detached' })
      expect(shown.plays.handled).to.have.length(3)

      await group('no such member').getByRole('button', { name: texts['dead.dropAll'] }).click()
      await dialog(page, texts['event.drop']).click()
      await page.getByText(texts['dead.none']).waitFor()
      expect(shown.plays.handled).to.have.length(3)
      expect(troubles).to.deep.equal([])
    })
  }

  it('are retried one by one, and lead to their event', async () => {
    const shown = await shownServer()
    await sendFull(shown, { GroupId: '@TGS#only' })
    const { page } = await openPage(`${shown.url}#/dead-letters`)
    await page.locator('.letters a').click()
    await page.getByText('@TGS#only').first().waitFor()
    await page.goBack()
    shown.plays.fault = undefined
    await page.locator('.letters').getByRole('button', { name: 'Retry' }).click()
    await dialog(page, 'Retry').click()
    await page.getByText('No dead letters.').waitFor()
    expect(shown.plays.handled).to.have.length(1)
  })

  it('are retried once, whoever else retries the same one', async () => {
    const shown = await shownServer()
    await sendFull(shown)
    shown.plays.fault = undefined
    const pages = await Promise.all([openPage(`${shown.url}#/dead-letters`), openPage(`${shown.url}#/dead-letters`)])
    for (const { page } of pages) {
      await page.locator('.letters').getByRole('button', { name: 'Retry' }).click()
      await dialog(page, 'Retry').waitFor()
    }
    await Promise.all(pages.map(({ page }) => dialog(page, 'Retry').dblclick()))
    const said = await Promise.all(
      pages.map(async ({ page }) => {
        const toast = page.locator('.toast').filter({ hasText: /./ })
        await toast.waitFor()
        return toast.innerText()
      }),
    )
    expect(said.toSorted()).to.deep.equal([
      '1 left: no longer stored, or done by somebody else.',
      '1 will be tried again.',
    ])
    expect(shown.plays.handled).to.have.length(1)
  })

  it('are left alone if their number has changed since they were shown', async () => {
    const shown = await shownServer()
    for (const GroupId of ['@TGS#1', '@TGS#2']) await sendFull(shown, { GroupId })
    const { page } = await openPage(`${shown.url}#/dead-letters`)
    await page.getByRole('button', { name: 'Retry all' }).click()
    await page.getByText('Retry 2 dead letters of fails?').waitFor()
    await sendFull(shown, { GroupId: '@TGS#3' })
    // It is stored a moment after its handler has failed.
    while ((await lettersOf(shown)).length < 3) await delay(20)
    shown.plays.fault = undefined
    await dialog(page, 'Retry').click()
    await page.getByText('This has changed since it was shown. Look again, then repeat it.').waitFor()
    expect(shown.plays.handled).to.deep.equal([])
  })
})
