// By hand: npm run demo:notify
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { send } from '../../core/cli/trigger/send.ts'
import { targetAt } from '../../core/cli/trigger/target.ts'
import { type ChatFormat, type FakeWebhook, startWebhook } from '../fakes/chat-webhooks.ts'
import { SECRET_ID, SECRET_KEY, startTms } from '../plugins/moderate/fakes.ts'
import { startServer, timhook } from './command.ts'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'
const GROUP = '@TGS#book-club'
const ROBOT_SECRET = 'SEC-of-the-robot'
const BOT_SECRET = 'secret-of-the-bot'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** A robot on this machine, which checks what the real one does, and prints what people would read. */
async function startChat(name: string, format: ChatFormat, secret?: string): Promise<FakeWebhook> {
  const chat = await startWebhook(format, secret)
  void (async () => {
    for (;;) say(`  ${name} shows: ${(await chat.next()).replaceAll('\n', `\n  ${' '.repeat(name.length)}        `)}`)
  })()
  return chat
}

const wecom = await startChat('WeCom', 'wecom')
const feishu = await startChat('Feishu', 'feishu', BOT_SECRET)
const dingtalk = await startChat('DingTalk', 'dingtalk', ROBOT_SECRET)
const slack = await startChat('Slack', 'slack')
const tms = await startTms({ 'follow me': 'Review' })
const folder = await mkdtemp(join(tmpdir(), 'timhook-demo-'))
const notify = (id: string, { url }: FakeWebhook, options: object): object => ({
  use: 'notify',
  id,
  options: { url, format: id, ...options },
})
const config = {
  // The deadline is longer than it ought to be, so that a busy machine shows the same.
  server: { port: 0, drainMs: 0, deadlineMs: 30_000 },
  admin: false,
  apps: [{ sdkAppId: SDK_APP_ID, tokens: [TOKEN] }],
  alerts: { url: dingtalk.url, format: 'dingtalk', signingSecret: ROBOT_SECRET },
  plugins: [
    { use: 'group-full' },
    {
      use: 'moderate',
      options: {
        tms: { secretId: SECRET_ID, secretKey: SECRET_KEY, url: tms.url },
        timeoutMs: 5000,
        onFailure: 'allow',
      },
    },
    { use: './crm.mjs', retry: { attempts: 1 } },
    notify('wecom', wecom, {
      alerts: false,
      group: '2s',
      events: { 'plugin:group-full:full': 'group {{group}} of app {{app}} is full' },
    }),
    notify('feishu', feishu, {
      signingSecret: BOT_SECRET,
      alerts: false,
      group: '2s',
      perMinute: 3,
      events: { 'plugin:moderate:review': 'please look: {{label}} by {{account}} in {{group}}' },
    }),
    notify('slack', slack, { template: ':fire: {{what}} {{rule}}: {{text}}' }),
  ],
}
const CRM = `export default {
  name: 'crm',
  handlers: { 'C2C.CallbackAfterSendMsg': () => { throw new Error('the CRM is down') } },
}`

try {
  await mkdir(join(folder, 'config'))
  await writeFile(join(folder, 'config', 'plugins.yaml'), JSON.stringify(config, null, 2))
  await writeFile(join(folder, 'config', 'crm.mjs'), CRM)
  await timhook(folder, 'alerts', 'test')

  const server = await startServer(folder)
  const tencentSends = async (command: string, body: object): Promise<void> => {
    const text = JSON.stringify({ CallbackCommand: command, ...body })
    await send(targetAt(server.url), { sdkAppId: SDK_APP_ID, command, token: TOKEN, body: text })
  }
  const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'follow me to another app' } }]

  say('\nThree people find the group full:')
  let shown = wecom.next()
  for (let n = 0; n < 3; n++)
    await tencentSends('Group.CallbackAfterGroupFull', { GroupId: GROUP, EventTime: Date.now() + n })
  await shown

  say('\nTwelve accounts advertise, and moderate wants a person to look:')
  shown = feishu.next()
  for (let n = 1; n <= 12; n++)
    await tencentSends('Group.CallbackBeforeSendMsg', { GroupId: GROUP, From_Account: `spammer-${n}`, MsgBody })
  await shown

  say('\nThe plugin crm fails:')
  const both = Promise.all([dingtalk.next(), slack.next()])
  await tencentSends('C2C.CallbackAfterSendMsg', { From_Account: 'jared', To_Account: 'monica', MsgBody })
  await both

  say('\nThe server stops, and tells what was held back:')
  await server.stop()
  await timhook(folder, 'feishu', 'status')
} finally {
  for (const fake of [wecom, feishu, dingtalk, slack, tms]) await fake.close()
  await rm(folder, { recursive: true, force: true })
}
