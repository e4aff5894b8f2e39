// By hand: npm run demo:moderate
import { once } from 'node:events'
import Koa from 'koa'
import type { AddressInfo } from 'node:net'
import { createDispatcher } from '../../core/index.ts'
import { send } from '../../core/cli/trigger/send.ts'
import { targetAt } from '../../core/cli/trigger/target.ts'
import { startFake } from '../fakes/tencent-rest/fake.ts'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { SECRET_ID, SECRET_KEY, startService, startTms } from '../plugins/moderate/fakes.ts'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'
const GROUP = '@TGS#book-club'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const tms = await startTms({ casino: 'Block', 'follow me': 'Review', 'bad.jpg': 'Block' })
const chat = await startService(({ body }) => {
  say(`  the moderators' chat gets: ${String(body['text'])}`)
  return { body: {} }
})
const tencent = await startFake({ sdkAppId: SDK_APP_ID, groups: [makeGroup({ id: GROUP, cap: 20, size: 3 })] })
const dispatcher = createDispatcher({
  log: { level: 'error' },
  delivery: { engine: 'memory' },
  // Longer than it ought to be, so that a busy machine shows the same.
  server: { deadlineMs: 30_000 },
  apps: [
    {
      sdkAppId: SDK_APP_ID,
      tokens: [TOKEN],
      rest: { baseUrl: tencent.url, identifier: tencent.identifier, secretKey: tencent.secretKey },
    },
  ],
  plugins: [
    {
      use: 'moderate',
      options: {
        tms: { secretId: SECRET_ID, secretKey: SECRET_KEY, url: tms.url, imageUrl: tms.url },
        timeoutMs: 5000,
        onFailure: 'allow',
        media: { kinds: ['image'] },
      },
    },
    {
      use: 'notify',
      options: {
        url: chat.url,
        group: 0,
        events: { 'plugin:moderate:review': 'please look: {{label}} by {{account}} in {{group}}' },
      },
    },
  ],
})
await dispatcher.ready()
const timhook = new Koa().use(dispatcher.middleware()).listen(0, '127.0.0.1')
await once(timhook, 'listening')
const url = `http://127.0.0.1:${(timhook.address() as AddressInfo).port}/`

async function tencentSends(command: string, fields: object): Promise<void> {
  const body = JSON.stringify({ CallbackCommand: command, GroupId: GROUP, From_Account: 'jared', ...fields })
  const answer = await send(targetAt(url), { sdkAppId: SDK_APP_ID, command, token: TOKEN, body })
  say(`  timhook answers ${answer.text} within ${answer.ms.toFixed(0)} ms`)
}

async function somebodyWrites(text: string): Promise<void> {
  say(`\njared writes: ${text}`)
  await tencentSends('Group.CallbackBeforeSendMsg', {
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
  })
  say(`  TMS has been asked ${tms.asked.length} times`)
}

await somebodyWrites('see you in the garden')
await somebodyWrites('come to the casino')
say('\nThe same once more, answered from the cache:')
await somebodyWrites('come to the casino')
const told = chat.next()
await somebodyWrites('follow me to another app')
await told
say('\nTMS hangs, and the message passes after the deadline of the plugin (onFailure: allow)')
tms.faults.push('hang')
await somebodyWrites('is anybody there?')

say('\njared sends an image')
const seq = 7
tencent.world.groups.get(GROUP)?.messages.push({ from: 'jared', body: [], random: 1, at: Date.now() / 1000, seq })
const done = dispatcher.bus.next('handler:done')
const image = {
  MsgType: 'TIMImageElem',
  MsgContent: { ImageInfoArray: [{ Type: 1, URL: 'https://cos.example/bad.jpg' }] },
}
await tencentSends('Group.CallbackAfterSendMsg', { MsgSeq: seq, MsgBody: [image] })
await done
say(
  `  timhook recalls it: ${JSON.stringify(tencent.callsOf('group_msg_recall').map(({ body, code }) => ({ ...body, code })))}`,
)

await dispatcher.close()
timhook.close()
timhook.closeAllConnections()
for (const service of [tms, chat, tencent]) await service.close()
