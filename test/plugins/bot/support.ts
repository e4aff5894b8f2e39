import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testPlugin, type TestPlugin } from '../../../core/testing.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { type ChatRequest, writeParts } from './model.ts'

export const BOT = '@RBT#helper'
export const C2C = 'C2C.CallbackAfterSendMsg'
export const GROUP = 'Group.CallbackAfterSendMsg'
const API_KEY = 'sk-key-of-the-test'

export type ModelFault = { status: number } | 'break off' | 'drop' | 'no stream'

export interface FakeModel {
  readonly url: string
  readonly asked: ChatRequest[]
  /** What was asked of /moderations. */
  readonly judged: string[]
  readonly faults: ModelFault[]
  /** Makes the answer, in the parts in which it comes. */
  say: (request: ChatRequest) => string[]
}

/** An OpenAI-compatible endpoint that streams, and flags what holds `forbidden`. */
export async function startModel(): Promise<FakeModel> {
  const fake: FakeModel = {
    url: '',
    asked: [],
    judged: [],
    faults: [],
    say: ({ messages }) => ['You said: ', messages.at(-1)?.content ?? ''],
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest & { input: string }
      if (request.headers.authorization !== `Bearer ${API_KEY}`) return response.writeHead(401).end('{}')
      if (request.url === '/v1/moderations') {
        fake.judged.push(body.input)
        return response.end(JSON.stringify({ results: [{ flagged: body.input.includes('forbidden') }] }))
      }
      if (request.url !== '/v1/chat/completions' || body.messages[0]?.role !== 'system')
        return response.writeHead(400).end('{}')
      fake.asked.push(body)
      const fault = fake.faults.shift()
      if (fault === 'drop') return request.socket.destroy()
      if (typeof fault === 'object') return response.writeHead(fault.status).end('{"error":{}}')
      const parts = fake.say(body)
      if (fault === 'no stream') {
        response.setHeader('content-type', 'application/json')
        return response.end(JSON.stringify({ choices: [{ message: { content: parts.join('') } }] }))
      }
      response.setHeader('content-type', 'text/event-stream')
      response.write(': hello\r\n\r\n')
      writeParts(response, parts)
      return response.end(fault === 'break off' ? '' : 'data: {"choices":[{"delta":{}}]}\n\ndata: [DONE]\n\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => {
    server.close()
    server.closeAllConnections()
  })
  return Object.assign(fake, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` })
}

/** The plugin under test. Who writes at once is no bot here, unless `loop` says so. */
export async function bot({ url }: FakeModel, options: object = {}): Promise<TestPlugin> {
  const given = { account: BOT, url, apiKey: API_KEY, model: 'm', loop: { quick: 0 }, ...options }
  const plugin = await testPlugin('bot', { options: given })
  stopAfterTest(() => plugin.close())
  let keys = 0
  plugin.rest.answer('sendMsg', () => ({ MsgTime: 1, MsgKey: `sent-${++keys}` }))
  plugin.rest.answer('sendGroupMsg', () => ({ MsgTime: 1, MsgSeq: ++keys }))
  plugin.rest.answer('sendStreamMsg', () => ({ MsgKey: 'streamed' }))
  plugin.rest.answer('modifyC2cMsg', {})
  plugin.rest.answer('modifyGroupMsg', {})
  return plugin
}

let serial = 0

/** A one-to-one message to the bot. */
export function said(Text: string, from = 'jared'): object {
  const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text } }]
  return { From_Account: from, To_Account: BOT, MsgKey: `key-${++serial}`, MsgBody }
}

/** A group message that mentions an account. */
export function mentioned(Text: string, account = BOT, from = 'jared'): object {
  const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text } }]
  const GroupAtInfo = [{ GroupAtAllFlag: 0, GroupAt_Account: account }]
  return { From_Account: from, GroupId: 'g', MsgSeq: ++serial, MsgBody, GroupAtInfo }
}

/** The texts that the bot has sent. */
export function texts({ rest }: TestPlugin): string[] {
  return rest.calls.flatMap(({ name, request }) => {
    const { MsgBody } = request as { MsgBody?: { MsgContent: { Text: string } }[] }
    return name.startsWith('send') && MsgBody ? MsgBody.map(({ MsgContent }) => MsgContent.Text) : []
  })
}
