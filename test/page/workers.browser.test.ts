import { Agent, request } from 'node:http'
import { once } from 'node:events'
import { expect } from 'chai'
import type { Overview } from '../../core/admin/api-types.ts'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { folderWith, startCommand } from '../harness/cli.ts'
import { describeWithRedis, freePort, startRedis } from '../harness/servers/redis.ts'
import { LANGUAGES } from './support.ts'

const BEFORE = 'Group.CallbackBeforeSendMsg'
const SENT = 8
/** A before-callback is decided by the process that has received it. */
const PLUGIN = `export default {
  name: 'who',
  handlers: { '${BEFORE}': ({ store }) => store.record('decided', { pid: process.pid }) },
  commands: {
    decided: {
      description: 'Who has decided.',
      view: true,
      run: async ({ store }) => (await store.records('decided')).map(({ data }) => ({ pid: data.pid })),
    },
  },
}`

/** Sends over a connection of its own, so that workers take turns. */
async function send(url: string, app: number): Promise<void> {
  const agent = new Agent()
  const target = `${url}?SdkAppid=${app}&CallbackCommand=${BEFORE}`
  const sent = request(target, { method: 'POST', agent }).end(
    JSON.stringify({ CallbackCommand: BEFORE, GroupId: '@TGS#1', From_Account: 'a', MsgBody: [] }),
  )
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
  response.resume()
  await once(response, 'end')
  agent.destroy()
}

describeWithRedis('the page of a server with --workers', () => {
  closeBrowserAfterAll()

  it('adds the numbers of all workers up, and says what is of the machine and what of the store', async () => {
    const redis = await startRedis()
    const cwd = await folderWith({
      'config/who.mjs': PLUGIN,
      'config/plugins.yaml': `server: { drainMs: 50, deadlineMs: 60000 }
admin: { port: ${await freePort()} }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${redis.url}' } }
plugins: [{ use: ./who.mjs }, { use: ./who.mjs, id: isolated, isolate: worker }]
`,
    })
    const server = await startCommand(cwd, ['--port', '0', '--workers', '2'])
    const { url: admin } = await server.line(({ msg }) => String(msg).startsWith('health on'))
    for (let count = 0; count < SENT; count++) await send(server.url, 7)
    // No app of the config.
    await send(server.url, 8)

    for (const { locale, texts } of LANGUAGES) {
      const { page, troubles } = await openPage(String(admin), { locale })
      await page.getByText(texts['overview.processes'].replace('{count}', '3')).waitFor()
      await page.getByText(texts['overview.scope']).waitFor()
      await page.goto(`${String(admin)}#/plugins`)
      const card = page.locator('.plugins > li', { hasText: 'isolated' })
      await card.locator('.numbers > div', { hasText: texts['plugins.handled'] }).getByText(`${SENT}`).waitFor()

      // Both workers have got some. A view runs where the page is, also that of a plugin in a thread.
      for (const id of ['who', 'isolated']) {
        await page.goto(`${String(admin)}#/plugins/${id}/decided`)
        const cells = page.getByRole('table').getByRole('cell')
        await cells.first().waitFor()
        const pids = await cells.allInnerTexts()
        expect(pids).to.have.length(SENT)
        expect(new Set(pids).size).to.equal(2)
      }
      expect(troubles).to.deep.equal([])
    }

    // The ring reads every 10 s what all of them have counted, and the page reads the ring.
    const { page } = await openPage(String(admin))
    const sum = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
    for (;;) {
      const response = await page.waitForResponse('**/api/overview')
      const { hour } = ((await response.json()) as Overview).series
      if (sum(hour.callbacks) < SENT || sum(hour.refused) < 1) continue
      expect([sum(hour.callbacks), sum(hour.refused)]).to.deep.equal([SENT, 1])
      expect(hour.p50.some((ms) => ms !== null)).to.equal(true)
      expect(hour.p99.some((ms) => ms !== null)).to.equal(true)
      break
    }
    server.child.kill('SIGTERM')
    expect(await server.ended).to.equal(0)
  })
})
