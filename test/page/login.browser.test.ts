import { expect } from 'chai'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { LANGUAGES, shownServer } from './support.ts'

const TOKEN = 'admin-token-of-the-test'

describe('the login of the page', () => {
  closeBrowserAfterAll()

  for (const { locale, texts } of LANGUAGES) {
    it(`asks for the token, then shows the view of the link, in ${locale}`, async () => {
      const { url } = await shownServer({ token: TOKEN })
      const { page, troubles } = await openPage(`${url}#/plugins`, { locale })
      const token = page.getByLabel(texts['login.token'])
      const submit = page.getByRole('button', { name: texts['login.submit'] })
      await token.fill('not-the-token')
      await submit.click()
      await page.getByText(texts['login.wrong']).waitFor()
      await token.fill(TOKEN)
      await submit.click()
      await page.getByRole('heading', { name: texts['plugins.title'] }).waitFor()

      // The login outlives the page, and ends with the button.
      await page.reload()
      await page.getByRole('link', { name: 'works' }).waitFor()
      await page.getByRole('button', { name: texts['app.logout'] }).click()
      await token.waitFor()
      await page.reload()
      await token.waitFor()
      expect(troubles).to.deep.equal([])
    })
  }

  it('keeps the token where no script can read it', async () => {
    const { url } = await shownServer({ token: TOKEN })
    const { page } = await openPage(url)
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByLabel('Token').press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const readable = await page.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(readable).to.not.include(TOKEN)
    expect(readable).to.not.include('timhook-session')
  })

  it('is not asked for where the server has no token, and there is nothing to log out of', async () => {
    const { url } = await shownServer()
    const { page } = await openPage(url)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(await page.getByRole('button', { name: 'Log out' }).count()).to.equal(0)
  })

  it('follows the language of the browser, and the switch, which stays', async () => {
    const { url } = await shownServer()
    const { page } = await openPage(url, { locale: 'zh-TW' })
    await page.getByRole('heading', { name: '概览' }).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).to.equal('zh-Hans')
    await page.getByLabel('语言').selectOption('English')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).to.equal('en')
  })

  it('is light or dark as the system, or as it was told', async () => {
    const { url } = await shownServer()
    const { page } = await openPage(url, { colorScheme: 'dark' })
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const dark = await ground()
    await page.getByLabel('Colours').selectOption('Light')
    const light = await ground()
    expect(light).to.not.equal(dark)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(await ground()).to.equal(light)
  })
})
