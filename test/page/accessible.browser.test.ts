import axe from 'axe-core'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { LANGUAGES, sendFull, sendMessage, type Shown, shownServer } from './support.ts'

interface Found {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What axe-core finds wrong with what is shown. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate<Found[]>('axe.run().then(({ violations }) => violations)')
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  )
}

const VIEWS: readonly (readonly [link: string, ready: string])[] = [
  ['#/overview', '.plot canvas'],
  ['#/events', 'ol.events > li'],
  ['#/events?command=Group.*&outcome=dead&group=%40TGS%231', 'details[open]'],
  ['#/dead-letters', '.letters > li'],
  ['#/plugins', '.plugins > li'],
  ['#/plugins/works', '.json'],
  ['#/plugins/works/runs', 'table'],
  ['#/config', '.json'],
  ['#/nonsense', 'main h1'],
]

async function seeded(): Promise<Shown> {
  const shown = await shownServer()
  await sendFull(shown)
  await sendMessage(shown)
  return shown
}

async function openBody(page: Page, url: string): Promise<void> {
  await page.goto(`${url}#/events`)
  await page.locator('ol.events a').first().click()
  await page.locator('.body button.primary').click()
  await page.locator('.body .json').waitFor()
}

describe('the page for everybody', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has nothing that axe-core objects to, ${colorScheme}, in ${locale}`, async () => {
        const shown = await seeded()
        const { page } = await openPage(shown.url, { locale, colorScheme })
        for (const [link, ready] of VIEWS) {
          await page.goto(`${shown.url}${link}`)
          await page.locator(ready).first().waitFor()
          expect(await violations(page), link).to.deep.equal([])
        }
        await openBody(page, shown.url)
        expect(await violations(page), 'one event').to.deep.equal([])
        await page.getByRole('button', { name: texts['event.replay'] }).click()
        await page.getByRole('dialog').waitFor()
        expect(await violations(page), 'a dialog').to.deep.equal([])
      })
    }
  }

  it('has nothing that axe-core objects to in the login', async () => {
    const { url } = await shownServer({ token: 'admin-token-of-the-test' })
    const { page } = await openPage(url)
    await page.getByLabel('Token').waitFor()
    expect(await violations(page)).to.deep.equal([])
  })

  it('fits a screen of 360 px, each view, in both languages', async () => {
    const shown = await seeded()
    for (const { locale } of LANGUAGES) {
      const { page } = await openPage(shown.url, { locale, viewport: { width: 360, height: 740 } })
      const excess = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth - innerWidth')
      for (const [link, ready] of VIEWS) {
        await page.goto(`${shown.url}${link}`)
        await page.locator(ready).first().waitFor()
        expect(await excess(), `${link} ${locale}`).to.equal(0)
      }
      await openBody(page, shown.url)
      expect(await excess(), `one event ${locale}`).to.equal(0)
    }
  })

  it('can be used with the keyboard: skip to the content, dialogs keep the focus, Escape closes them', async () => {
    const shown = await seeded()
    const { page } = await openPage(`${shown.url}#/plugins/works`)
    await page.locator('.json').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).to.equal('content')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Pause')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab')
      // The browser's own buttons take their turn too.
      expect(
        await page.evaluate('!!document.activeElement.closest("dialog") || document.activeElement === document.body'),
      ).to.equal(true)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('shows times in the zone of the viewer, and says which', async () => {
    const shown = await seeded()
    const { page } = await openPage(`${shown.url}#/events`, { timezoneId: 'Asia/Shanghai' })
    await page.getByText('UTC+08:00').waitFor()
    await page.locator('ol.events a').first().click()
    const time = page.locator('.facts time')
    await time.waitFor()
    const [text, machine] = [await time.innerText(), await time.getAttribute('datetime')]
    expect(text).to.match(/ \+08:00$/)
    expect(new Date(text.replace(' ', 'T').replace(' ', '')).toISOString()).to.equal(machine)
  })
})
