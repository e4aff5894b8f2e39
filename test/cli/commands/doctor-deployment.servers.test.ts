import { chmodSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import type { Config, ConfigInput } from '../../../config/schema/schema.ts'
import { examineClock } from '../../../core/cli/doctor/examine-clock.ts'
import { examineDeployment } from '../../../core/cli/doctor/examine-deployment.ts'
import { examineServer } from '../../../core/cli/doctor/examine-server.ts'
import { examineUrl } from '../../../core/cli/doctor/examine-url.ts'
import type { Finding } from '../../../core/cli/doctor/finding.ts'
import { folderWith, run, startCommand } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve, signed, SIGNED_APP, TOKENS } from '../../harness/server.ts'

const textOf = (findings: readonly Finding[], level: Finding['level']): string =>
  findings
    .filter((finding) => finding.level === level)
    .map(({ text }) => text)
    .join('\n')

const SIGNED = { sdkAppId: SIGNED_APP, tokens: TOKENS }

function configOf(input: Partial<ConfigInput>): Config {
  const { config } = checkConfig({ apps: [SIGNED], ...input }, { env: {} })
  if (!config) throw new Error('a config with faults')
  return config
}

/** A server that answers as it is told, and its URL. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  stopAfterTest(async () => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('timhook doctor', () => {
  it('finds no fault in a good deployment, running or not, and says what it checked', async () => {
    const yaml = `
server: { port: 0 }
admin: { port: 0 }
apps: [{ sdkAppId: ${SIGNED_APP}, tokens: [secret-token-of-the-test] }]
plugins: [{ use: group-full }]
`
    const cwd = await folderWith({ 'config/plugins.yaml': yaml })
    const before = await run(['doctor'], { cwd })
    expect(before.code, before.stderr).to.equal(0)
    expect(before.stdout).to.contain('config/plugins.yaml has no fault').and.contain('there is no store yet')
    expect(before.stdout).to.contain('no callback has come yet: each callback has its own switch in the console')
    await startCommand(cwd)
    const { code, stdout } = await run(['doctor', '--json'], { cwd })
    const findings = JSON.parse(stdout) as Finding[]
    expect(code, stdout).to.equal(0)
    expect(textOf(findings, 'fine')).to.contain('the store (sqlite) can be opened').and.contain('a server has')
    expect(textOf(findings, 'fine')).to.contain(`app ${SIGNED_APP} wants signatures`)
    expect(stdout).not.to.contain('secret-token')
  })

  it('fails over faults of the config, and over a store that others can read', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': 'apps: []\nnonsense: 1\n' })
    const faulty = await run(['doctor'], { cwd })
    expect(faulty.code).to.equal(1)
    expect(faulty.stdout).to.contain('FAULT  config/plugins.yaml:2:1 nonsense')
    const file = join(await folderWith({}), 'timhook.db')
    const delivery = { engine: 'sqlite' as const, sqlite: { file } }
    const server = await serve({ delivery })
    await server.post(FULL, full())
    await server.server.stop({ drainMs: 0 })
    const reading = checkConfig({ apps: [SIGNED], admin: false, delivery }, { env: {} })
    expect(textOf(await examineDeployment(reading), 'fine')).to.contain(
      'the last callback in the store was received at',
    )
    chmodSync(file, 0o644)
    expect(textOf(await examineDeployment(reading), 'fault')).to.contain(`others can read ${file}`)
  })

  it('reports unsigned apps, two tokens, an old Node, and the memory engine', async () => {
    const apps = [SIGNED, { sdkAppId: 7, unsigned: true }]
    const input = { apps, admin: false as const, delivery: { engine: 'memory' as const } }
    const inside = await examineDeployment(checkConfig(input, { env: {} }), { version: '20.20.0' })
    expect(textOf(inside, 'fault')).to.equal('')
    expect(textOf(inside, 'advice'))
      .to.contain('app 7 is unsigned')
      .and.contain('accepts 2 tokens')
      .and.contain('Node 20.20.0 no longer gets security fixes')
      .and.contain('delivery.engine is memory')
    const open = checkConfig({ ...input, server: { host: '0.0.0.0' } }, { env: {} })
    expect(textOf(await examineDeployment(open, { version: '24.1.0' }), 'fault')).to.contain('app 7 is unsigned')
  })

  it('asks the running server what it refused, and whose clock is off', async () => {
    const { server, post } = await serve({ admin: { port: 0 } })
    const { port } = new URL(server.adminUrl ?? '')
    const config = configOf({ admin: { port: Number(port) } })
    expect(textOf(await examineServer(config), 'fine')).to.equal('the server is ready')
    await post(FULL, full(), { ...signed(), Sign: 'wrong' })
    await post(FULL, full(), signed(undefined, Date.now() - 3_600_000))
    const findings = await examineServer(config)
    expect(textOf(findings, 'advice')).to.contain('1 requests were answered 401 (Sign): the token in the console')
    expect(textOf(findings, 'fault')).to.match(/the clock of this machine is off: a signed request was 3\d{3} s behind/)
    await server.stop({ drainMs: 0, graceMs: 20 })
    expect(textOf(await examineServer(config), 'advice')).to.contain('no server answers on http://127.0.0.1:')
  })

  it('compares the clock with the Date of the REST API', async () => {
    const url = await answering((_, response) => response.setHeader('Date', new Date().toUTCString()).end())
    const rest = { baseUrl: url, identifier: 'administrator', secretKey: 'key' }
    const config = configOf({ apps: [{ ...SIGNED, rest }] })
    expect(textOf(await examineClock(config), 'fine')).to.contain('the clock agrees with that of 127.0.0.1')
    const late = await examineClock(config, () => Date.now() - 90_000)
    expect(textOf(late, 'fault')).to.match(/the clock of this machine is (?:89|90|91) s behind that of/)
    const early = await examineClock(config, () => Date.now() + 90_000)
    expect(textOf(early, 'fault')).to.match(/the clock of this machine is (?:88|89|90) s ahead of that of/)
    expect(textOf(await examineClock(configOf({})), 'advice')).to.contain('was not checked')
  })

  it('sends the check of the console to the URL, and sees whether the tokens there are those of the config', async () => {
    const { url } = await serve({ apps: [SIGNED] })
    const good = await examineUrl(url, configOf({}))
    expect(textOf(good, 'fine')).to.contain('answered the check of the console in')
    expect(textOf(good, 'fine')).to.contain(`accepts the tokens of app ${SIGNED_APP}, and no others`)
    // The only fault of a server of this machine.
    expect(textOf(good, 'fault')).to.equal('Tencent cannot reach 127.0.0.1, which is not a public address')
    const others = await examineUrl(url, configOf({ apps: [{ sdkAppId: SIGNED_APP, tokens: ['another'] }] }))
    expect(textOf(others, 'fault')).to.contain('(401): it has other tokens, or its clock is off')
    const stranger = await examineUrl(url, configOf({ apps: [{ sdkAppId: 99, tokens: ['another'] }] }))
    expect(textOf(stranger, 'fault')).to.contain('(403): it does not know the SdkAppid')
    const open = await serve({ apps: [{ sdkAppId: SIGNED_APP, unsigned: true }] })
    expect(textOf(await examineUrl(open.url, configOf({})), 'fault')).to.contain('does not check signatures')
    expect(textOf(await examineUrl(new URL('/elsewhere', url).href, configOf({})), 'fault')).to.contain('answered 404')
  })

  it('reports a URL that another program answers, or none, or that Tencent could not use', async () => {
    const config = configOf({ server: { path: '/im' } })
    const gateway = await answering((_, response) => response.writeHead(502).end('<html>Bad Gateway</html>'))
    expect(textOf(await examineUrl(gateway, config), 'fault')).to.contain(
      'the proxy answers, but timhook behind it does not',
    )
    const { server, url } = await serve()
    await server.stop({ drainMs: 0, graceMs: 20 })
    expect(textOf(await examineUrl(url, config), 'fault')).to.contain('cannot be reached from here: ECONNREFUSED')
    const odd = await examineUrl(`${gateway}callbacks?a=1#b`, config)
    expect(textOf(odd, 'fault')).to.contain('the URL has a #')
    expect(textOf(odd, 'advice')).to.contain('the path /callbacks is not server.path (/im)').and.contain('use https')
    expect(textOf(await examineUrl('im.example.com', config), 'fault')).to.contain('expected http:// or https://')
  })
})
