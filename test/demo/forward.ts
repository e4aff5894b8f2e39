// By hand: npm run demo:forward
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDispatcher } from '../../core/index.ts'
import { send } from '../../core/cli/trigger/send.ts'
import { targetAt } from '../../core/cli/trigger/target.ts'
import Koa from 'koa'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** A small service, as anybody may have one: it gets Tencent's request and answers with Tencent's envelope. */
async function startReceiver(name: string, answerTo: (command: string, body: string) => object): Promise<Server> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const command = new URL(request.url ?? '', 'http://x').searchParams.get('CallbackCommand') ?? ''
      const answer = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...answerTo(command, body) }
      say(`  ${name} gets ${command} ${body}`)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const moderation = await startReceiver('moderation', (_command, body) =>
  body.includes('casino') ? { ErrorCode: 10100, ErrorInfo: 'not here' } : {},
)
const crm = await startReceiver('crm', () => ({}))
const dispatcher = createDispatcher({
  log: { level: 'error' },
  delivery: { engine: 'memory' },
  apps: [{ sdkAppId: SDK_APP_ID, tokens: [TOKEN] }],
  plugins: [
    {
      use: 'forward',
      id: 'moderation',
      only: { commands: ['Group.CallbackBeforeSendMsg'] },
      options: { url: urlOf(moderation), token: 'token-of-moderation', decide: true },
    },
    { use: 'forward', id: 'crm', options: { url: urlOf(crm), token: 'token-of-crm' } },
  ],
})
await dispatcher.ready()
const timhook = new Koa().use(dispatcher.middleware()).listen(0, '127.0.0.1')
await once(timhook, 'listening')

async function tencentSends(command: string, body: object): Promise<void> {
  say(`Tencent sends ${command}`)
  const text = JSON.stringify({ CallbackCommand: command, ...body })
  const answer = await send(targetAt(urlOf(timhook)), { sdkAppId: SDK_APP_ID, command, token: TOKEN, body: text })
  say(`  timhook answers ${answer.status} ${answer.text}`)
}

const message = (text: string): object => ({
  GroupId: '@TGS#book-club',
  From_Account: 'jared',
  MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
})
await tencentSends('Group.CallbackBeforeSendMsg', message('hello'))
await tencentSends('Group.CallbackBeforeSendMsg', message('come to the casino'))
const done = dispatcher.bus.next('handler:done', ({ plugin }) => plugin === 'crm')
await tencentSends('Group.CallbackAfterGroupFull', { GroupId: '@TGS#book-club' })
await done
say('Each got a request as Tencent sends it, signed with a token of its own.')
await dispatcher.close()
for (const server of [timhook, moderation, crm]) {
  server.close()
  server.closeAllConnections()
}
