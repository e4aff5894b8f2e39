import { expect } from 'chai'
import { folderWith, startCommand } from '../../harness/cli.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { samplesOf, scrape } from '../../harness/metrics.ts'
import { describeWithRedis, freePort, startRedis } from '../../harness/servers/redis.ts'

const PLUGIN = `
export default {
  name: 'tells',
  setup: ({ log }) => log.info({ pid: process.pid }, 'is set up'),
  handlers: { 'Group.CallbackBeforeSendMsg': ({ log }) => log.info('asked') },
}`
const COUNT = 'timhook_callbacks_total{app="7",command="Group.CallbackBeforeSendMsg",phase="before",outcome="allow"}'

describeWithRedis('/metrics with --workers', () => {
  it('adds up all workers, and does not go back when one of them dies', async () => {
    const redis = await startRedis()
    const config = `
server: { drainMs: 50 }
admin: { port: ${await freePort()} }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${redis.url}' } }
log: { level: info }
plugins: [{ use: ./tells.mjs }]
`
    const folder = await folderWith({ 'config/plugins.yaml': config, 'config/tells.mjs': PLUGIN })
    const { lines, line, url } = await startCommand(folder, ['--port', '0', '--workers', '2'])
    const pids = lines.filter(({ msg }) => msg === 'is set up').map(({ pid }) => Number(pid))
    stopAfterTest(async () => {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    })
    const { url: adminUrl } = await line(({ msg }) => String(msg).startsWith('health on'))
    const count = async (): Promise<number | undefined> => samplesOf(await scrape(String(adminUrl))).get(COUNT)
    const post = async (): Promise<void> => {
      const connection = await openConnection(Number(new URL(url).port))
      connection.send(requestText('POST /?SdkAppid=7&CallbackCommand=Group.CallbackBeforeSendMsg', '{"MsgBody":[]}'))
      expect((await connection.answer()).status).to.equal(200)
      connection.destroy()
    }
    let posted = 0
    const askedBy = (worker: number): boolean => lines.some((one) => one['msg'] === 'asked' && one['worker'] === worker)
    while (!askedBy(1) || !askedBy(2)) {
      await post()
      posted++
    }
    expect(await count()).to.equal(posted)
    process.kill(pids[0] ?? 0, 'SIGKILL')
    await line(({ msg }) => String(msg).endsWith('listens again'))
    expect(await count()).to.equal(posted)
    await post()
    expect(await count()).to.equal(posted + 1)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
