import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { closeBrowserAfterAll, openPage } from '../harness/browser.ts'
import { folderWith, startCommand, type StartedServer } from '../harness/cli.ts'

const FULL = 'Group.CallbackAfterGroupFull'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const config = (port: number, token: string): string =>
  `server: { port: 0, drainMs: 0 }
admin: { port: ${port}, token: ${token} }
apps: [{ sdkAppId: 7, unsigned: true }]
plugins: [{ use: ./works.mjs }]
`

async function send({ url }: StartedServer, GroupId: string): Promise<void> {
  const body = JSON.stringify({ CallbackCommand: FULL, GroupId, EventTime: Date.now() })
  await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, { method: 'POST', body })
}

async function kill(server: StartedServer): Promise<void> {
  server.child.kill('SIGKILL')
  await server.ended
}

describe('the page over a restart', () => {
  closeBrowserAfterAll()

  it('says that the server is unreachable, and continues by itself when it is back', async () => {
    const port = await freePort()
    const cwd = await folderWith({
      'config/works.mjs': `export default { name: 'works', handlers: { '*': () => undefined } }`,
      'config/plugins.yaml': config(port, 'first-token'),
    })
    const before = await startCommand(cwd)
    const { page, troubles } = await openPage(`http://127.0.0.1:${port}/#/events`)
    await page.getByLabel('Token').fill('first-token')
    await page.getByLabel('Token').press('Enter')
    await send(before, '@TGS#before')
    await page.getByText('@TGS#before').waitFor()

    await kill(before)
    await page.getByText('No connection to the server.').waitFor()
    // What was shown stays.
    expect(await page.getByText('@TGS#before').count()).to.equal(1)

    // Logins are kept in memory: a server that was killed knows them no more, so that the page asks again.
    const after = await startCommand(cwd)
    await page.getByLabel('Token').fill('first-token')
    await page.getByLabel('Token').press('Enter')
    await page.getByText('@TGS#before').waitFor()
    await send(after, '@TGS#after')
    await page.getByText('@TGS#after').waitFor()
    expect(await page.getByText('No connection to the server.').count()).to.equal(0)

    // Another token ends every login.
    await kill(after)
    await writeFile(join(cwd, 'config/plugins.yaml'), config(port, 'second-token'))
    await startCommand(cwd)
    await page.getByLabel('Token').fill('first-token')
    await page.getByLabel('Token').press('Enter')
    await page.getByText('This is not the token.').waitFor()
    await page.getByLabel('Token').fill('second-token')
    await page.getByLabel('Token').press('Enter')
    await page.getByText('@TGS#after').waitFor()
    expect(troubles).to.deep.equal([])
  })

  it('needs no login for that where there is no token', async () => {
    const port = await freePort()
    const cwd = await folderWith({
      'config/works.mjs': `export default { name: 'works', handlers: { '*': () => undefined } }`,
      'config/plugins.yaml': config(port, "''").replace(", token: ''", ''),
    })
    const before = await startCommand(cwd)
    const { page } = await openPage(`http://127.0.0.1:${port}/#/events`)
    await page.getByText('No callbacks match.').waitFor()
    await kill(before)
    await page.getByText('No connection to the server.').waitFor()
    const after = await startCommand(cwd)
    await page.getByText('No connection to the server.').waitFor({ state: 'detached' })
    await send(after, '@TGS#after')
    await page.getByText('@TGS#after').waitFor()
  })
})
