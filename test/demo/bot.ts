// By hand: npm run demo:bot
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { createDispatcher } from '../../core/index.ts'
import { sign } from '../../core/http/request/signature.ts'
import { startFake } from '../fakes/tencent-rest/fake.ts'
import { answerChat } from '../plugins/bot/model.ts'

const SDK_APP_ID = 1_400_000_000
const TOKEN = 'token-of-the-demo'
const BOT = '@RBT#helper'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const model = createServer((request, response) =>
  answerChat(request, response, ({ messages }) => {
    const asked = messages.filter(({ role }) => role === 'user').length
    return [`This is answer ${asked}. `, 'It comes in parts, ', 'as a model writes it.']
  }),
).listen(0, '127.0.0.1')
await once(model, 'listening')
const tencent = await startFake({ sdkAppId: SDK_APP_ID, groups: [], accounts: ['jared', BOT] })
const dispatcher = createDispatcher({
  log: { level: 'error' },
  delivery: { engine: 'memory' },
  apps: [
    {
      sdkAppId: SDK_APP_ID,
      tokens: [TOKEN],
      rest: { baseUrl: tencent.url, identifier: tencent.identifier, secretKey: tencent.secretKey },
    },
  ],
  plugins: [
    {
      use: 'bot',
      options: {
        account: BOT,
        url: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
        model: 'fake',
        show: 'stream',
        piece: 15,
        loop: { quick: '1m' },
      },
    },
  ],
})
await dispatcher.ready()
const timhook = new Koa().use(dispatcher.middleware()).listen(0, '127.0.0.1')
await once(timhook, 'listening')
const url = `http://127.0.0.1:${(timhook.address() as AddressInfo).port}/`
let serial = 0

async function writes(from: string, text: string): Promise<void> {
  say(`\n${from} writes to ${BOT}: ${text}`)
  const command = 'C2C.CallbackAfterSendMsg'
  const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
  const message = { From_Account: from, To_Account: BOT, MsgKey: `key-${++serial}`, MsgTime: 1, MsgBody }
  const before = tencent.callsOf('send_stream_msg').length
  const done = dispatcher.bus.next('handler:done')
  const RequestTime = String(Math.floor(Date.now() / 1000))
  const Sign = sign(TOKEN, RequestTime)
  // What REST has sent gets no answer, so this comes from a client.
  const genuine = { SdkAppid: String(SDK_APP_ID), CallbackCommand: command, Sign, RequestTime, OptPlatform: 'Android' }
  await fetch(`${url}?${new URLSearchParams(genuine).toString()}`, {
    method: 'POST',
    body: JSON.stringify({ CallbackCommand: command, ...message }),
  })
  await done
  const parts = tencent.callsOf('send_stream_msg').slice(before)
  // The last part is empty, and ends the stream.
  for (const { body } of parts) say(`  ${BOT} streams: ${String(body['Chunk']) || '(the end)'}`)
  if (parts.length === 0) say('  no answer')
}

await writes('jared', 'hello')
await writes('@RBT#other', 'hello from another bot')
say('\nSomebody who writes at once after each answer is taken for a bot after three turns:')
for (const text of ['and?', 'and then?', 'go on', 'and?']) await writes('jared', text)

await dispatcher.close()
for (const server of [timhook, model]) {
  server.close()
  server.closeAllConnections()
}
await tencent.close()
