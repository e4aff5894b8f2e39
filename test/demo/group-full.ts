// By hand: npm run demo:group-full
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { send } from '../../core/cli/trigger/send.ts'
import { targetAt } from '../../core/cli/trigger/target.ts'
import { startFake, type FakeTencent } from '../fakes/tencent-rest/fake.ts'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { BIN, timhook } from './command.ts'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'
const GROUP = '@TGS#book-club'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Tencent on this machine: a group that is full but for one place, whose callbacks go to `url`. */
async function startTencent(url: () => string): Promise<FakeTencent> {
  const group = makeGroup({ id: GROUP, cap: 20, size: 19, admins: 2 })
  return startFake({
    sdkAppId: SDK_APP_ID,
    groups: [group],
    accounts: ['newcomer-1', 'newcomer-2', 'newcomer-3'],
    onCallback: (command, body) => {
      say(`  Tencent sends ${command}`)
      const text = JSON.stringify({ CallbackCommand: command, ...body })
      void send(targetAt(url()), { sdkAppId: SDK_APP_ID, command, token: TOKEN, body: text }).then(({ status, ms }) =>
        say(`  timhook answers ${status} within ${ms.toFixed(0)} ms`),
      )
    },
  })
}

async function writeConfig(folder: string, fake: FakeTencent, mode: string): Promise<void> {
  const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
  await mkdir(join(folder, 'config'), { recursive: true })
  const config = {
    server: { port: 0, drainMs: 0 },
    admin: false,
    apps: [{ sdkAppId: SDK_APP_ID, tokens: [TOKEN], rest }],
    plugins: [{ use: 'group-full', options: { mode, cooldown: 0, rereadAfter: 0 } }],
  }
  await writeFile(join(folder, 'config', 'plugins.yaml'), JSON.stringify(config, null, 2))
}

interface DemoServer {
  readonly url: string
  /** Resolves when a run of the plugin has ended. */
  runEnded(): Promise<void>
  stop(): Promise<void>
}

async function startServer(folder: string): Promise<DemoServer> {
  const child = spawn(process.execPath, [BIN, 'start'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(String((JSON.parse(text) as { msg: unknown }).msg))
    for (const look of waiting) look()
  })
  const line = (prefix: string): Promise<string> =>
    new Promise((found, failed) => {
      const look = (): void => {
        const at = lines.findIndex((one) => one.startsWith(prefix))
        if (at < 0) return
        waiting.delete(look)
        found(lines.splice(at, 1).join())
      }
      waiting.add(look)
      child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
      look()
    })
  const url = (await line('listening on ')).replace('listening on ', '')
  return {
    url,
    runEnded: async () => say(`  timhook: ${await line('run ended')}`),
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Somebody tries to join from a client. */
async function tryToJoin(fake: FakeTencent, account: string): Promise<void> {
  const group = fake.world.groups.get(GROUP)
  say(`${account} tries to join; the group has ${group?.members.size} of ${group?.cap} members`)
  fake.join(GROUP, account)
}

const folder = await mkdtemp(join(tmpdir(), 'timhook-demo-'))
let url = ''
const fake = await startTencent(() => url)
try {
  for (const [mode, account] of [
    ['dry-run', 'newcomer-1'],
    ['remove', 'newcomer-2'],
  ] as const) {
    say(`\nmode: ${mode}`)
    await writeConfig(folder, fake, mode)
    const server = await startServer(folder)
    ;({ url } = server)
    const ended = server.runEnded()
    await tryToJoin(fake, account)
    await ended
    say(`  the group has ${fake.world.groups.get(GROUP)?.members.size} of 20 members`)
    await server.stop()
  }
  await timhook(folder, 'group-full', 'report', '--group', GROUP)
} finally {
  await fake.close()
  await rm(folder, { recursive: true, force: true })
}
