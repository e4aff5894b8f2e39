import { once } from 'node:events'
import { expect } from 'chai'
import { folderWith, startCommand, type StartedServer } from '../harness/cli.ts'
import { openConnection, requestText } from '../harness/connection.ts'
import { FULL } from '../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../harness/servers/redis.ts'

const GROUP = 'Group.CallbackBeforeSendMsg'
const C2C = 'C2C.CallbackBeforeSendMsg'
const GROUPS = 8
const PER_GROUP = 4

/** Ends what it runs in where it is told to: before-callbacks each time, an after-callback at its first attempt. */
const FRAGILE = `
import { writeFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
const isFirst = (name) => {
  try {
    writeFileSync(new URL('./' + name, import.meta.url), '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}
export default {
  name: 'fragile',
  setup: ({ log }) => log.warn({ child: process.pid + ':' + threadId }, 'set up'),
  handlers: {
    '${GROUP}': ({ body, reject }) => {
      if (body.CloudCustomData === 'exit') process.exit(1)
      return reject(10150)
    },
    '${FULL}': { ordered: true, retry: { minMs: 10, maxMs: 10 }, handle: async ({ body, log }) => {
      if (body.Do === 'loop') {
        log.warn('loops')
        setTimeout(() => { for (;;); }, 10)
        await new Promise(() => undefined)
      }
      if (body.Do === 'exit' && isFirst(body.GroupId)) process.exit(1)
      log.warn({ group: body.GroupId, n: body.N }, 'done')
    } },
  },
}`

const STEADY = `
export default {
  name: 'steady',
  handlers: {
    '${C2C}': ({ body, reject }) => (body.CloudCustomData === 'bad' ? reject(120001) : undefined),
    '${FULL}': ({ body, log }) => log.warn({ group: body.GroupId, n: body.N }, 'done'),
  },
}`

const configOf = (url: string, level: string): string => `
server: { drainMs: 0 }
admin: false
log: { callbacks: none }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${url}' } }
plugins:
  - { use: ./fragile.mjs, isolate: ${level}, onFailure: reject, closeTimeoutMs: 500 }
  - { use: ./steady.mjs }
`

interface Started extends StartedServer {
  /** Posts on a connection of its own, so that either worker may get it. Returns the ErrorCode, or the status if not 200. */
  readonly post: (command: string, body: object) => Promise<unknown>
  /** Ids of the process and thread of the plugin, by worker, in order. */
  readonly children: (worker: number) => string[]
  readonly done: (plugin: string) => string[]
}

async function startTwo(level: string): Promise<Started> {
  const redis = await startRedis()
  const files = { 'plugins.yaml': configOf(redis.url, level), 'fragile.mjs': FRAGILE, 'steady.mjs': STEADY }
  const cwd = await folderWith(files)
  const server = await startCommand(cwd, ['--config', 'plugins.yaml', '--port', '0', '--workers', '2'])
  const { lines, url } = server
  return {
    ...server,
    async post(command, body) {
      const connection = await openConnection(Number(new URL(url).port))
      const text = JSON.stringify({ CallbackCommand: command, ...body })
      connection.send(requestText(`POST /?SdkAppid=7&CallbackCommand=${command}`, text))
      const { status, body: answer } = await connection.answer()
      connection.destroy()
      return status === 200 ? (JSON.parse(answer) as { ErrorCode: unknown }).ErrorCode : `status ${status}`
    },
    children: (worker) =>
      lines.filter((one) => one['msg'] === 'set up' && one['worker'] === worker).map(({ child }) => String(child)),
    done: (plugin) =>
      lines
        .filter((one) => one['msg'] === 'done' && one['plugin'] === plugin)
        .map(({ group, n }) => `${String(group)} ${String(n)}`),
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const pidOf = (child: string | undefined): number => Number(child?.split(':')[0])

describeWithRedis('timhook start --workers with an isolated plugin', () => {
  for (const level of ['worker', 'process'] as const) {
    it(`restarts the ${level} of each worker by itself, while other plugins answer and no callback is lost`, async () => {
      const { post, children, done, line } = await startTwo(level)
      expect(new Set([...children(1), ...children(2)]).size).to.equal(2)
      const over = new AbortController()
      const wrong: unknown[] = []
      const asking = (async () => {
        while (!over.signal.aborted) {
          for (const [said, expected] of [
            ['good', 0],
            ['bad', 120_001],
          ] as const) {
            const code = await post(C2C, { To_Account: 'b', From_Account: 'a', CloudCustomData: said, MsgBody: [] })
            if (code !== expected) wrong.push({ said, code })
          }
        }
      })()
      for (let n = 0; n < PER_GROUP; n++) {
        for (let group = 0; group < GROUPS; group++) {
          const body = { GroupId: `g${group}`, N: n, EventTime: n, ...(n === 1 && group < 2 && { Do: 'exit' }) }
          expect(await post(FULL, body)).to.equal(0)
        }
      }
      // Until those of both workers have ended: which of them is asked is for the system to say.
      const ask = (CloudCustomData: string): Promise<unknown> =>
        post(GROUP, { GroupId: 'g', From_Account: 'a', CloudCustomData, MsgBody: [] })
      const before = [1, 2].map((worker) => children(worker).length)
      while ([1, 2].some((worker, index) => children(worker).length <= (before[index] ?? 0))) {
        // A rejection by onFailure has the code 1, that of the plugin another.
        expect(await ask('exit')).to.equal(1)
      }
      const all = GROUPS * PER_GROUP
      for (const plugin of ['fragile', 'steady']) {
        while (new Set(done(plugin)).size < all) await new Promise((resolve) => setTimeout(resolve, 20))
        const ofGroup = (group: number): string[] =>
          [...new Set(done(plugin))].filter((one) => one.startsWith(`g${group} `))
        for (let group = 0; group < GROUPS; group++) {
          expect(ofGroup(group)).to.deep.equal(Array.from({ length: PER_GROUP }, (_, n) => `g${group} ${n}`))
        }
      }
      over.abort()
      await asking
      expect(wrong).to.deep.equal([])
      for (const worker of [1, 2]) {
        await line((one) => one['worker'] === worker && one['msg'] === `the plugin's ${level} runs again`)
      }
      const ids = [...children(1), ...children(2)]
      expect(new Set(ids).size).to.equal(ids.length)
      let code: unknown
      while (code !== 10_150) code = await ask('')
    })
  }

  it('leaves no child process behind on SIGTERM, nor one that loops', async () => {
    const { child, ended, post, children, line } = await startTwo('process')
    expect(await post(FULL, { GroupId: 'g', EventTime: 1, Do: 'loop' })).to.equal(0)
    await line(({ msg }) => msg === 'loops')
    const pids = [...children(1), ...children(2)].map(pidOf)
    expect(pids.filter(isAlive)).to.have.length(2)
    child.kill('SIGTERM')
    await ended
    while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20))
  })

  it('leaves none behind when it is killed', async () => {
    const { child, children } = await startTwo('process')
    const pids = [...children(1), ...children(2)].map(pidOf)
    child.kill('SIGKILL')
    await once(child, 'exit')
    while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
