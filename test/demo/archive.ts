// By hand: npm run demo:archive
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { send } from '../../core/cli/trigger/send.ts'
import { targetAt } from '../../core/cli/trigger/target.ts'
import { startFake, type FakeTencent } from '../fakes/tencent-rest/fake.ts'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { printed, startServer, timhook } from './command.ts'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'
const GROUP = '@TGS#book-club'
const NOW = Math.floor(Date.now() / 1000) - 60

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const text = (Text: string): object[] => [{ MsgType: 'TIMTextElem', MsgContent: { Text } }]

async function writeConfig(folder: string, fake: FakeTencent): Promise<void> {
  const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
  await mkdir(join(folder, 'config'), { recursive: true })
  const config = {
    server: { port: 0, drainMs: 0 },
    admin: false,
    apps: [{ sdkAppId: SDK_APP_ID, tokens: [TOKEN], rest }],
    plugins: [{ use: 'archive', options: { url: 'sqlite:data/archive.db' } }],
  }
  await writeFile(join(folder, 'config', 'plugins.yaml'), JSON.stringify(config, null, 2))
}

const folder = await mkdtemp(join(tmpdir(), 'timhook-demo-'))
const group = makeGroup({ id: GROUP, cap: 20 })
const fake = await startFake({ sdkAppId: SDK_APP_ID, groups: [group] })
try {
  await writeConfig(folder, fake)
  const server = await startServer(folder)
  const tell = async (command: string, body: object, what: string): Promise<void> => {
    const sent = {
      sdkAppId: SDK_APP_ID,
      command,
      token: TOKEN,
      body: JSON.stringify({ CallbackCommand: command, ...body }),
    }
    const { status, ms } = await send(targetAt(server.url), sent)
    say(`Tencent: ${what}; timhook answers ${status} within ${ms.toFixed(0)} ms`)
  }
  const message = (seq: number, from: string, words: string, what = `${from} writes message ${seq}`): Promise<void> => {
    group.messages.push({ from, body: text(words), random: seq, at: NOW + seq, seq })
    const when = { MsgTime: NOW + seq, EventTime: (NOW + seq) * 1000 }
    const body = { GroupId: GROUP, From_Account: from, MsgSeq: seq, Random: seq, MsgBody: text(words), ...when }
    return tell('Group.CallbackAfterSendMsg', body, what)
  }
  const recall = { GroupId: GROUP, Operator_Account: 'bob', MsgSeqList: [{ MsgSeq: 2 }], EventTime: Date.now() }
  await message(1, 'ann', '我们周五在北京大学见面')
  await tell('Group.CallbackAfterRecallMsg', recall, 'bob recalls message 2, which has not come yet')
  await message(2, 'bob', 'a secret that was recalled')
  await message(
    2,
    'bob',
    'a secret that was recalled',
    'the same again: Tencent sends once more what it takes for lost',
  )
  say('Tencent: the callback of message 3, which cat wrote, is lost')
  group.messages.push({ from: 'cat', body: text('message 3, whose callback was lost'), random: 3, at: NOW + 3, seq: 3 })
  await message(4, 'ann', 'See you in 北京 then')
  // A stop waits for what is under way, and leaves what is still stored to the next start.
  while (!(await printed(folder, 'archive', 'search', 'See you')).includes('See you'));
  await server.stop()
  say('\nThe server has stopped; the archive is a database of its own.')
  await timhook(folder, 'archive', 'search', '北京')
  await timhook(folder, 'archive', 'gaps', '--group', GROUP)
  await timhook(folder, 'archive', 'gaps', '--group', GROUP, '--fill')
  await timhook(folder, 'archive', 'export', '--group', GROUP, '--format', 'csv')
} finally {
  await fake.close()
  await rm(folder, { recursive: true, force: true })
}
