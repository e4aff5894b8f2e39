import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stopAfterTest } from '../harness/hooks.ts'

export type ChatFormat = 'wecom' | 'dingtalk' | 'feishu' | 'slack' | 'json'

export interface FakeWebhook {
  url: string
  /** The texts that people would have read. */
  texts: string[]
  /** Every request, refused ones included: when it came, and what was answered. */
  requests: { at: number; answer: string }[]
  /** Answers the next requests with these, in place of a look at them. */
  script: ({ status: number; body: string; headers?: Record<string, string> } | 'hang up')[]
  /** The next text that arrives. */
  next: () => Promise<string>
  close: () => Promise<void>
}

const HOUR_S = 3600

/** A webhook that checks what the documents of the real one say: signature, length, rate, form. */
export async function startWebhook(format: ChatFormat, secret?: string): Promise<FakeWebhook> {
  const waiting: ((text: string) => void)[] = []
  const fake: FakeWebhook = {
    url: '',
    texts: [],
    requests: [],
    script: [],
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const scripted = fake.script.shift()
      if (scripted === 'hang up') {
        fake.requests.push({ at: performance.now(), answer: 'hang up' })
        request.socket.destroy()
        return
      }
      const body = Buffer.concat(chunks).toString()
      const answer: Answer = scripted ?? answers[format](request, body, fake, secret)
      fake.requests.push({ at: performance.now(), answer: answer.body })
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      response.end(answer.body)
      const { text } = answer
      if (text === undefined) return
      fake.texts.push(text)
      for (const resolve of waiting.splice(0)) resolve(text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(fake.close)
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?access_token=the-key-of-the-hook`
  return fake
}

interface Answer {
  status: number
  body: string
  headers?: Record<string, string>
  /** What was accepted. */
  text?: string
}

type Look = (request: IncomingMessage, body: string, fake: FakeWebhook, secret: string | undefined) => Answer

const hmac = (key: string | Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64')
const coded = (name: string, code: number, says: string, text?: string): Answer => ({
  status: 200,
  body: JSON.stringify({ [name]: code, [name === 'code' ? 'msg' : 'errmsg']: says }),
  ...(text !== undefined && { text }),
})
/** What is asked of `msgtype` robots, in the form of another format too. */
interface Robot {
  msgtype?: string
  text?: { content?: string }
}
function inLastMinute({ requests }: FakeWebhook): number {
  return requests.filter(({ at }) => performance.now() - at < 60_000).length
}

const answers: Readonly<Record<ChatFormat, Look>> = {
  wecom(request, body, fake) {
    const { msgtype, text: { content = '' } = {} } = JSON.parse(body) as Robot
    if (!request.url?.includes('the-key-of-the-hook')) return coded('errcode', 93000, 'invalid webhook url')
    if (inLastMinute(fake) >= 20) return coded('errcode', 45009, 'api freq out of limit')
    if (msgtype !== 'text') return coded('errcode', 40008, 'invalid message type')
    if (Buffer.byteLength(content) > 2048) return coded('errcode', 40058, 'content exceed max length')
    return coded('errcode', 0, 'ok', content)
  },
  dingtalk(request, body, fake, secret) {
    const query = new URLSearchParams(request.url?.replace(/.*[?]/, ''))
    const { msgtype, text: { content = '' } = {} } = JSON.parse(body) as Robot
    const timestamp = query.get('timestamp') ?? ''
    const isRecent = Math.abs(Date.now() - Number(timestamp)) < HOUR_S * 1000 && timestamp.length === 13
    const isSigned = isRecent && query.get('sign') === hmac(secret ?? '', `${timestamp}\n${secret}`)
    if (query.get('access_token') !== 'the-key-of-the-hook') return coded('errcode', 300001, 'token is not exist')
    if (secret !== undefined && !isSigned) return coded('errcode', 310000, 'sign not match')
    if (inLastMinute(fake) >= 20) return coded('errcode', 410100, 'send too fast')
    return msgtype === 'text' ? coded('errcode', 0, 'ok', content) : coded('errcode', 40035, 'miss param : json')
  },
  feishu(_request, body, _fake, secret) {
    const parsed = JSON.parse(body) as {
      timestamp?: string
      sign?: string
      msg_type?: string
      content?: { text: string }
    }
    const { timestamp = '', sign } = parsed
    const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) < HOUR_S
    if (secret !== undefined && (!isRecent || sign !== hmac(`${timestamp}\n${secret}`, '')))
      return coded('code', 19021, 'sign match fail or timestamp is not within one hour from current time')
    if (Buffer.byteLength(body) > 20 * 1024 || parsed.msg_type !== 'text') return coded('code', 9499, 'Bad Request')
    return coded('code', 0, 'success', parsed.content?.text)
  },
  slack(_request, body, { requests }) {
    const { text } = JSON.parse(body) as { text?: unknown }
    const last = requests.at(-1)
    if (last && performance.now() - last.at < 900) return { status: 429, body: '', headers: { 'retry-after': '1' } }
    return typeof text === 'string' ? { status: 200, body: 'ok', text } : { status: 400, body: 'no_text' }
  },
  json({ headers }, body, _fake, secret) {
    const { text } = JSON.parse(body) as { text: string }
    if (secret === undefined) return { status: 204, body: '', text }
    const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    const expected = `v1,${hmac(Buffer.from(secret, 'base64'), content)}`
    return headers['webhook-signature'] === expected
      ? { status: 204, body: '', text }
      : { status: 401, body: 'bad signature' }
  },
}
