import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkConfig } from '../config/read/read.ts'
import { Packer } from '../core/delivery/engines/sqlite/blocks/block.ts'
import { SqliteClient } from '../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { newId } from '../core/lib/id.ts'
import { createLogger } from '../core/observe/log.ts'
import { prepare } from '../core/runtime.ts'
import { startServer } from '../core/server.ts'

// By hand: npm run build && node dist/bench/page.js [callbacks [file of an earlier run]]
// Measures how long the page's first views take with this many callbacks in an sqlite file.
const COUNT = Number(process.argv[2] ?? 1_000_000)
const AT_ONCE = 12_800
const GROUPS = 10_000
const ACCOUNTS = 50_000
const COMMAND = 'Group.CallbackAfterGroupFull'

/** Stores them as the engine does, in blocks. The server's plugin starts behind them, so all of them are done. */
async function seed(file: string): Promise<void> {
  const client = await SqliteClient.open(file)
  const packer = new Packer()
  for (let from = 0; from < COUNT; from += AT_ONCE) {
    const appended: Promise<unknown>[] = []
    for (let n = from; n < Math.min(COUNT, from + AT_ONCE); n++) {
      const body = { GroupId: `@TGS#${n % GROUPS}`, Operator_Account: `user${n % ACCOUNTS}`, EventTime: n }
      const about = { id: newId(), identity: `i${n}`, sdkAppId: 1, command: COMMAND, receivedAt: Date.now() }
      const texts = { key: body.GroupId, query: `SdkAppid=1&CallbackCommand=${COMMAND}`, raw: JSON.stringify(body) }
      packer.add({ ...about, ...texts, plugins: '["one"]', signed: false, maybeResend: false, body })
      if (packer.isFull) appended.push(client.request('append', packer.take()))
    }
    const left = packer.take()
    if (left.count > 0) appended.push(client.request('append', left))
    await Promise.all(appended)
  }
  await client.close('clean')
}

async function measure(file: string): Promise<void> {
  const plugin = { name: 'one', handlers: { '*': () => undefined } }
  const config = {
    apps: [{ sdkAppId: 1, unsigned: true }],
    admin: { port: 0 },
    server: { port: 0 },
    delivery: { engine: 'sqlite' as const, sqlite: { file }, retention: { size: '1000gb' as const } },
    plugins: [{ use: plugin }],
  }
  const log = createLogger({ level: 'silent' })
  const server = await startServer(await prepare(checkConfig(config, { env: {} })), { log })
  const paths = {
    overview: 'api/overview',
    plugins: 'api/plugins',
    events: 'api/events',
    'of a command': 'api/events?command=Group.*',
    'of a group': 'api/events?group=%40TGS%2313',
    'of an account': 'api/events?account=user13',
    'of nobody': 'api/events?account=nobody',
    dead: 'api/events?outcome=dead',
    'dead letters': 'api/dead-letters',
  }
  for (const [name, path] of Object.entries(paths)) {
    const times: string[] = []
    let about = ''
    for (let n = 0; n < 4; n++) {
      const from = performance.now()
      const response = await fetch(new URL(path, server.adminUrl))
      const page = (await response.json()) as { entries?: unknown[]; end?: boolean }
      times.push(`${Math.round(performance.now() - from)}`)
      about = `${response.status} ${page.entries ? `${page.entries.length} entries${page.end ? ', end' : ''}` : ''}`
    }
    process.stdout.write(`${name.padEnd(16)} ${times.join(', ')} ms  ${about}\n`)
  }
  await server.stop({ drainMs: 0 })
}

const [, , , given] = process.argv
const folder = await mkdtemp(join(tmpdir(), 'timhook-page-'))
try {
  const file = given ?? join(folder, 'timhook.db')
  const from = performance.now()
  if (given === undefined) await seed(file)
  const mb = Math.round((await stat(file)).size / 2 ** 20)
  process.stdout.write(`${COUNT} callbacks, ${mb} MB, in ${Math.round((performance.now() - from) / 1000)} s\n`)
  await measure(file)
} finally {
  await rm(folder, { recursive: true })
}
