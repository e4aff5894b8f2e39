import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { checkConfig } from '../../config/read/read.ts'
import type { Overview, Series } from '../../core/admin/api-types.ts'
import { createLogger } from '../../core/observe/log.ts'
import { commands } from '../../core/protocol/commands.ts'
import { definePlugin } from '../../core/plugin.ts'
import { prepare } from '../../core/runtime.ts'
import { sampleAt } from '../../core/sample/sample-at.ts'
import { startServer, type TimhookServer } from '../../core/server.ts'

// Run from the repository's root, by `npm run docs:images`: a server with some traffic, and pictures of its page.
const FOLDER = 'docs/images'
const APP = 1400000001
const SIZES = [1280, 360] as const
const VIEWS: readonly (readonly [name: string, link: string, ready: string])[] = [
  ['overview', '#/overview', '.plot canvas'],
  ['events', '#/events', 'ol.events > li:nth-child(9)'],
  ['dead-letters', '#/dead-letters', '.letters > li'],
  ['plugins', '#/plugins', '.plugins > li'],
  ['plugin', '#/plugins/crm', '.json'],
  ['view', '#/plugins/cleaner/runs', 'table'],
  ['config', '#/config', '.json'],
]
const SENT = [
  'C2C.CallbackAfterSendMsg',
  'Group.CallbackAfterNewMemberJoin',
  'State.StateChange',
  'Group.CallbackAfterGroupFull',
  'Group.CallbackAfterSendMsg',
  'Group.CallbackBeforeSendMsg',
]

/** A receiver behind `forward` that is out of order now and then. */
async function startReceiver(): Promise<string> {
  let count = 0
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(++count % 3 === 0 ? 422 : 200).end()
  }).listen(0, '127.0.0.1')
  server.unref()
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A plugin with a table. */
const cleaner = definePlugin({
  name: 'cleaner',
  handlers: { 'Group.CallbackAfterGroupFull': () => undefined },
  commands: {
    runs: {
      description: 'Who was removed from full groups, and why',
      view: true,
      run: () =>
        ['no message for 90 days', 'no message for 90 days', 'never spoke', 'joined last'].map((why, n) => ({
          time: `2026-11-0${n + 1} 08:1${n}`,
          group: `@TGS#2J4SZEAE${n}`,
          members: 2000 - n * 7,
          removed: 200 + n,
          why,
        })),
    },
  },
})

/** A day as it may be: the server of the pictures has run for seconds. */
function numbersOfADay(overview: Overview): Overview {
  const series = (steps: number, stepMs: number): Series => {
    const wave = (n: number, height: number): number => height * (1 + Math.sin(n / (steps / 9)) / 2)
    const all = (of: (n: number) => number): number[] => Array.from({ length: steps }, (_, n) => of(n))
    return {
      stepMs,
      from: overview.now - steps * stepMs,
      callbacks: all((n) => Math.round((wave(n, 60) + (n % 7)) * (stepMs / 1000))),
      refused: all((n) => (n % 61 === 5 ? 3 : 0)),
      p50: all((n) => 3 + (n % 5) / 4),
      p99: all((n) => wave(n, 42) + (n % 9) * 3 + (n > steps * 0.6 && n < steps * 0.64 ? 700 : 0)),
      backlog: all((n) => (n > steps * 0.58 && n < steps * 0.68 ? Math.round(60 * (n - steps * 0.58)) : 0)),
      deadLetters: all((n) => (n % 83 === 11 ? 2 : 0)),
    }
  }
  return { ...overview, series: { hour: series(360, 10_000), day: series(288, 300_000) } }
}

async function start(folder: string): Promise<TimhookServer> {
  const reading = checkConfig(
    {
      apps: [{ sdkAppId: APP, unsigned: true }],
      server: { port: 0, drainMs: 0 },
      admin: { port: 0, bodies: true, write: true },
      delivery: { engine: 'sqlite', sqlite: { file: join(folder, 'timhook.db') } },
      plugins: [
        { use: 'keyword-filter', options: { words: ['spam', 'red packet'] } },
        { use: 'group-full', options: { mode: 'record' } },
        { use: cleaner },
        { use: 'forward', id: 'crm', options: { url: await startReceiver() }, retry: { attempts: 1 } },
      ],
    },
    { env: {} },
  )
  return startServer(await prepare(reading), { log: createLogger({ level: 'fatal', destination: process.stderr }) })
}

async function sendTraffic(url: string): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    const command = SENT[n % SENT.length] ?? ''
    const sample = sampleAt(commands.get(command)?.sample ?? {}, n, Date.now())
    const target = new URL(`?SdkAppid=${APP}&CallbackCommand=${command}&ClientIP=203.0.113.9&OptPlatform=Android`, url)
    await fetch(target, { method: 'POST', body: JSON.stringify(sample) })
  }
}

async function shoot(page: Page, name: string, width: number): Promise<void> {
  await page.evaluate('document.fonts.ready')
  await page.screenshot({
    path: join(FOLDER, `page-${name}-${width}.png`),
    fullPage: width === 360 && name === 'event',
  })
}

const folder = mkdtempSync(join(tmpdir(), 'timhook-images-'))
mkdirSync(FOLDER, { recursive: true })
const server = await start(folder)
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  await sendTraffic(server.url)
  for (const width of SIZES) {
    const page = await browser.newPage({ viewport: { width, height: width === 360 ? 740 : 800 }, locale: 'en-US' })
    await page.route('**/api/overview', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ json: numbersOfADay((await answer.json()) as Overview) })
    })
    for (const [name, link, ready] of VIEWS) {
      await page.goto(`${server.adminUrl}${link}`)
      await page.locator(ready).first().waitFor()
      await shoot(page, name, width)
    }
    await page.goto(`${server.adminUrl}#/events?command=Group.CallbackAfterSendMsg&outcome=dead`)
    await page.locator('ol.events a').first().click()
    await page.getByRole('button', { name: 'Show the body' }).click()
    await page.locator('.body .json').waitFor()
    await shoot(page, 'event', width)
  }
} finally {
  await browser.close()
  await server.stop({ drainMs: 0, graceMs: 20 })
  rmSync(folder, { recursive: true, force: true })
}
