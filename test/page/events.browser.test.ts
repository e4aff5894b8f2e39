import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { BEFORE, FULL } from '../harness/plugin.ts'
import { LANGUAGES, sendFull, sendMessage, shownServer } from './support.ts'

const rows = (page: Page) => page.locator('ol.events > li')

describe('the list of events', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`is narrowed by filters that stand in the link, in ${locale}`, async () => {
      const shown = await shownServer()
      await sendFull(shown, { GroupId: '@TGS#class' })
      await sendFull(shown, { GroupId: '@TGS#other' })
      await sendMessage(shown, { From_Account: 'mary' })
      const { page, troubles } = await openPage(`${shown.url}#/events`, { locale })
      await page.getByText(texts['events.count'].replace('{count}', '3')).waitFor()

      await page.getByLabel(texts['events.command']).fill('Group.*')
      await page.getByText(texts['events.moreFilters']).click()
      await page.getByLabel(texts['events.group']).fill('@TGS#class')
      await page.getByLabel(texts['events.outcome']).selectOption(texts['outcome.dead'])
      await page.getByLabel(texts['events.plugin']).selectOption('fails')
      await page.getByRole('button', { name: texts['events.apply'] }).click()
      await page.getByText(texts['events.count'].replace('{count}', '1')).waitFor()
      expect(await rows(page).innerText())
        .to.include(FULL)
        .and.include('@TGS#class')
        .and.include(texts['outcome.dead'])

      // The link alone shows the same, in another browser.
      const { page: other } = await openPage(page.url(), { locale })
      await other.getByText(texts['events.count'].replace('{count}', '1')).waitFor()
      expect(await other.getByLabel(texts['events.group']).inputValue()).to.equal('@TGS#class')

      await page.getByRole('button', { name: texts['events.clear'] }).click()
      await page.getByText(texts['events.count'].replace('{count}', '3')).waitFor()
      await page.goBack()
      await page.getByText(texts['events.count'].replace('{count}', '1')).waitFor()
      expect(troubles).to.deep.equal([])
    })

    it(`is navigated with j, k, Enter and /, in ${locale}`, async () => {
      const shown = await shownServer()
      for (const GroupId of ['@TGS#1', '@TGS#2', '@TGS#3']) await sendFull(shown, { GroupId })
      const { page } = await openPage(`${shown.url}#/events`, { locale })
      await page.getByText('@TGS#1').waitFor()
      const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent')
      for (const key of 'jjjjk') await page.keyboard.press(key)
      expect(await focused()).to.include('@TGS#2')
      await page.keyboard.press('/')
      expect(await page.evaluate('document.activeElement.name')).to.equal('command')
      // In a field they are letters.
      await page.keyboard.type('jk/')
      expect(await page.getByLabel(texts['events.command']).inputValue()).to.equal('jk/')
      await page.getByLabel(texts['events.command']).fill('')
      await rows(page).getByRole('link').nth(1).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: FULL }).waitFor()
      await page.getByText('@TGS#2', { exact: true }).first().waitFor()
    })

    it(`says how far back a long search has come, and stops and goes on, in ${locale}`, async () => {
      const shown = await shownServer()
      const { page } = await openPage(`${shown.url}#/overview`, { locale })
      const from = Date.UTC(2026, 0, 31, 12)
      let last = 4
      // A search that finds nothing for long, as that in a store of months: a day a slice, and the next one takes its time.
      await page.route('**/api/events?*', async (route) => {
        const place = new URL(route.request().url()).searchParams.get('place')
        const slice = place === null ? 0 : Number(place) + 1
        if (slice > last) return
        await route.fulfill({
          json: { entries: [], place: `${slice}`, end: false, searchedTo: from - slice * 86_400_000 },
        })
      })
      await page.goto(`${shown.url}#/events?group=%40TGS%23rare`)
      const progress = page.locator('.progress')
      const shows = (text: string, day: string): Promise<void> =>
        progress.filter({ hasText: text }).getByText(day).waitFor()
      const searching = texts['events.searching'].replace('{time}', '').trim()
      await shows(searching, '2026-01-27')
      await page.getByRole('button', { name: texts['events.stop'] }).click()
      await shows(texts['events.none'], '2026-01-27')
      await shows(texts['events.searchedTo'], '2026-01-27')
      last = 9
      await page.getByRole('button', { name: texts['events.goOn'] }).click()
      await shows(searching, '2026-01-22')
    })
  }

  it('leaves out what it was asked for before the filter changed, and what is answered late', async () => {
    const shown = await shownServer()
    await sendFull(shown, { GroupId: '@TGS#mine' })
    await sendFull(shown, { GroupId: '@TGS#other' })
    const { page } = await openPage(`${shown.url}#/events`)
    await page.getByText('2 shown').waitFor()
    const isOfAll = ({ pathname, search }: URL): boolean => pathname === '/api/events' && search === '?limit=50'
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const held = new Promise<void>((resolve) => {
      // The page reads its newest ones again, behind the live ones.
      void page.route(isOfAll, async (route) => {
        const response = await route.fetch()
        resolve()
        await released
        await route.fulfill({ response })
      })
    })
    await held
    await page.goto(`${shown.url}#/events?group=%40TGS%23mine`)
    await page.getByText('1 shown').waitFor()
    const late = page.waitForResponse((response) => isOfAll(new URL(response.url())))
    release()
    await (await late).finished()
    await sendFull(shown, { GroupId: '@TGS#mine', EventTime: 2 })
    await page.getByText('2 shown').waitFor()
    for (const text of await rows(page).allInnerTexts()) expect(text).to.include('@TGS#mine')
  })

  it('shows what comes, as it comes, and what becomes of it', async () => {
    const shown = await shownServer()
    shown.plays.fault = undefined
    const { page, troubles } = await openPage(`${shown.url}#/events`)
    await page.getByText('No callbacks match.').waitFor()
    await shown.server.post(FULL, { CallbackCommand: FULL, GroupId: '@TGS#live', EventTime: 1 })
    await page.getByText('@TGS#live').waitFor()
    await page.getByText('2 done').waitFor()
    expect(troubles).to.deep.equal([])
  })

  it('does not move under the hand of who reads it, and leaves out what does not fit', async () => {
    const shown = await shownServer()
    await sendFull(shown, { GroupId: '@TGS#old' })
    const { page } = await openPage(`${shown.url}#/events?command=${FULL}`)
    await page.getByText('@TGS#old').waitFor()
    await page.keyboard.press('j')
    await sendMessage(shown, { GroupId: '@TGS#message' })
    await sendFull(shown, { GroupId: '@TGS#new' })
    const more = page.getByRole('button', { name: 'Show 1 new' })
    await more.waitFor()
    expect(await rows(page).count()).to.equal(1)
    await more.click()
    await page.getByText('@TGS#new').waitFor()
    expect(await page.getByText('@TGS#message').count()).to.equal(0)
  })

  it('shows what comes of one group, which only the server can tell', async () => {
    const shown = await shownServer()
    const { page } = await openPage(`${shown.url}#/events?group=%40TGS%23mine`)
    await page.getByText('No callbacks match.').waitFor()
    await sendFull(shown, { GroupId: '@TGS#other' })
    await sendFull(shown, { GroupId: '@TGS#mine' })
    await page.getByText('1 shown').waitFor()
    expect(await rows(page).innerText()).to.include('@TGS#mine')
  })

  it('finds refused and decided callbacks by their outcome, and one by its id', async () => {
    const shown = await shownServer()
    await sendMessage(shown)
    await sendFull(shown)
    const { page } = await openPage(`${shown.url}#/events?outcome=reject`)
    await page.getByText('1 shown').waitFor()
    expect(await rows(page).innerText()).to.include(BEFORE)
    await rows(page).getByRole('link').click()
    const id = await page.locator('.facts code').innerText()
    await page.goto(`${shown.url}#/events?id=${id}`)
    await page.getByText('1 shown').waitFor()
    expect(await rows(page).innerText()).to.include(BEFORE)
  })

  it('says what is wrong with a filter', async () => {
    const shown = await shownServer()
    const { page } = await openPage(`${shown.url}#/events?outcome=nonsense`)
    await page.getByRole('alert').getByText('outcome').waitFor()
  })
})
