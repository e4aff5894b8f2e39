import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { stopAfterTest } from './hooks.ts'

/** Debian's browser; the tests do not download one. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

let browser: Promise<Browser> | undefined

/** What went wrong in a page. */
export interface Watched {
  readonly page: Page
  /** Errors of scripts and of the content security policy, dialogs, and requests to other servers. */
  readonly troubles: string[]
}

/** A new page in a browser without stored data. It is closed after the test. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'], timeout: 0 })
  const context = await (
    await browser
  ).newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options })
  stopAfterTest(() => context.close())
  const page = await context.newPage()
  // Mocha's limit is the only one.
  page.setDefaultTimeout(0)
  const troubles: string[] = []
  const { origin } = new URL(url)
  page.on('pageerror', (error) => void troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) troubles.push(message.text())
  })
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(origin) && !asked.startsWith('data:')) troubles.push(`request: ${asked}`)
  })
  await page.goto(url)
  return { page, troubles }
}

/** All tests of a file share one browser. */
export function closeBrowserAfterAll(): void {
  after(async () => {
    await (await browser)?.close()
    browser = undefined
  })
}
