import { join } from 'node:path'
import { expect } from 'chai'
import type { PluginInput } from '../../config/sections/plugins.ts'
import type { IsolationHealth } from '../../core/registry.ts'
import { folderWith } from '../harness/cli.ts'
import { BEFORE, entry, FULL, message } from '../harness/plugin.ts'
import { eventsOf, serve, type TestServer } from '../harness/server.ts'
import { hostile } from './hostile.ts'

const C2C = 'C2C.CallbackBeforeSendMsg'
const GROUPS = ['a', 'b', 'c']
const PER_GROUP = 6
/** Which callback of the first group does it. */
const DOES = 2

type Level = 'worker' | 'process'

/** Whether it ends the thread, and whether its callback becomes a dead letter in the end. */
const both: readonly [deed: string, ends: boolean, dies: boolean][] = [
  ['loop', true, true],
  ['recursion', false, true],
  ['heap', true, true],
  ['exit', true, true],
  ['uncaught in a timer', true, true],
  ['rejection later', false, false],
  ['pollution', false, false],
  ['garbage', false, false],
  ['never settling', false, true],
  ['a million log lines', false, false],
]
const ofProcess: typeof both = [
  ['many lines on standard output', false, false],
  ['kill itself', true, true],
  ['kill its group', false, false],
  ['closed descriptors', true, true],
  ['2 GB of buffers', true, true],
  ['a native crash', true, true],
]

/** A plugin beside the hostile one, which rejects `bad`. */
const neighbour = entry('neighbour', {
  [C2C]: ({ body, reject }) =>
    body.MsgBody[0]?.MsgType === 'TIMTextElem' && body.MsgBody[0].MsgContent.Text === 'bad' ? reject() : undefined,
})

async function start(level: Level, more: Partial<PluginInput>): Promise<TestServer> {
  const use = join(await folderWith({ 'hostile.mjs': hostile }), 'hostile.mjs')
  const isolate = { level, memory: '64mb' }
  const retry = { attempts: 2, minMs: 10, maxMs: 10 }
  const own: PluginInput = { use, isolate, retry, concurrency: 4, onFailure: 'reject', ...more }
  return serve({ plugins: [own, neighbour], server: { port: 0, drainMs: 0, deadlineMs: 20_000 } })
}

function healthOf({ server }: TestServer): IsolationHealth | undefined {
  return server.running.registry.plugins[0]?.isolation?.health()
}

/** Asks the neighbour, now and then, until `over`; returns the answers that were wrong or came from a failure. */
async function askNeighbour({ post, bus }: TestServer, over: Promise<unknown>): Promise<unknown[]> {
  const wrong: unknown[] = []
  const stop = bus.on('callback:answered', ({ command, failed }) => command === C2C && failed && wrong.push('failed'))
  const asking = new AbortController()
  void over.then(() => asking.abort())
  while (!asking.signal.aborted) {
    for (const said of ['good', 'bad']) {
      const { status, json } = await post(C2C, message(said, { CallbackCommand: C2C, To_Account: 'b' }))
      if (status !== 200 || json['ErrorCode'] !== (said === 'bad' ? 1 : 0)) wrong.push({ said, status, json })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  stop()
  return wrong
}

interface Done {
  readonly group: string
  readonly n: number
}

for (const level of ['worker', 'process'] as const) {
  describe(`a plugin in a ${level} of its own that goes wrong`, () => {
    for (const [deed, ends, dies] of level === 'worker' ? both : [...both, ...ofProcess]) {
      it(`harms no other plugin, and loses no callback: ${deed}`, async () => {
        // A flood takes its time, and nobody is to be hurried.
        const server = await start(level, { timeoutMs: deed.includes(' lines') ? 60_000 : 3000 })
        const done = eventsOf(server.bus, 'plugin:hostile:done') as Done[]
        const dead = eventsOf(server.bus, 'callback:dead')
        const names = (): Set<string> => new Set(done.map(({ group, n }) => `${group}${n}`))
        const total = GROUPS.length * PER_GROUP
        const isDone = async (): Promise<void> => {
          while (names().size + dead.length < total) await new Promise((resolve) => setTimeout(resolve, 20))
        }
        for (let N = 0; N < PER_GROUP; N++) {
          for (const GroupId of GROUPS) {
            const Do = N === DOES && GroupId === GROUPS[0] ? deed : undefined
            const { status } = await server.post(FULL, { GroupId, N, Do, EventTime: Date.now() })
            expect(status).to.equal(200)
          }
        }
        const wrong = await askNeighbour(server, isDone())
        expect(wrong).to.deep.equal([])
        expect(dead).to.have.length(dies ? 1 : 0)
        expect(names().size).to.equal(dies ? total - 1 : total)
        expect(names().has(`${GROUPS[0]}${DOES}`)).to.equal(!dies)
        for (const group of GROUPS) {
          const order = [...new Set(done.filter((one) => one.group === group).map(({ n }) => n))]
          expect(order, `order of ${group}`).to.deep.equal(order.toSorted((a, b) => a - b))
        }
        if (ends) expect(healthOf(server)?.restarts).to.be.greaterThan(0)
        else expect(healthOf(server)).to.include({ restarts: 0, state: 'running' })
        expect({}).to.not.have.property('polluted')
        expect(server.lines.filter((line) => line.includes('"flood"')).length).to.be.lessThan(20_000)
      })
    }

    it('is resolved by onFailure where Tencent waits, and answers again once it is back', async () => {
      const server = await start(level, { timeoutMs: 300 })
      const decide = async (CloudCustomData: string): Promise<unknown> =>
        (await server.post(BEFORE, message('hello', { CloudCustomData }))).json['ErrorCode']
      expect(await decide('')).to.equal(0)
      for (const deed of ['loop', 'exit']) {
        expect(await decide(deed)).to.equal(1)
        while (healthOf(server)?.state === 'running') await new Promise((resolve) => setTimeout(resolve, 20))
        while (healthOf(server)?.state !== 'running') await new Promise((resolve) => setTimeout(resolve, 20))
        expect(await decide('')).to.equal(0)
      }
    })
  })
}
