import { expect } from 'chai'
import { createLogger } from '../../../core/observe/log.ts'
import { openRedis } from '../../../core/store/redis/client.ts'
import { folderWith, run } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'
import { CERTIFICATE, serveUntrusted } from '../../harness/servers/tls.ts'
import { bench, failureOf, roles } from '../../rest/support.ts'

const WAY_OUT = 'NODE_EXTRA_CA_CERTS'

describe('an authority that is not trusted', () => {
  it('has trigger name the variable that mends it, and that does', async () => {
    const place = await serveUntrusted((_request, response) => {
      response.end('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
    })
    const cwd = await folderWith({ 'config/plugins.yaml': 'apps: [{ sdkAppId: 7, unsigned: true }]\n' })
    const args = ['trigger', FULL, '--url', `https://${place}/`]
    const refused = await run(args, { cwd })
    expect([refused.code, refused.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.includes(WAY_OUT),
    )
    expect((await run(args, { cwd, env: { [WAY_OUT]: CERTIFICATE } })).code).to.equal(0)
  })

  it('has calls of the REST API name it', async () => {
    const place = await serveUntrusted()
    const { rest } = await bench({}, { baseUrl: `https://${place}` })
    expect((await failureOf(roles(rest, { attempts: 1 }))).message).to.contain(WAY_OUT)
  })

  it('has a start on Redis name it', async () => {
    const url = `rediss://${await serveUntrusted()}`
    const said: string[] = []
    const log = createLogger({ destination: { write: (line: string) => void said.push(line) } })
    const opening = openRedis({ url, prefix: 'timhook', durability: 'strict' }, { log, startMs: 300 })
    expect(await opening.catch(String)).to.contain(WAY_OUT)
    expect(said.join('')).to.contain(WAY_OUT).and.contain('trying for 0.3 s')
  })
})
