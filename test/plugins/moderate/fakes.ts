import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What goes wrong with one request. */
export type Fault =
  | 'hang'
  | 'drop'
  | { status: number; headers?: Record<string, string> }
  | { text: string }
  | { delayMs: number }

export interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
}

export interface FakeService {
  readonly url: string
  readonly asked: Asked[]
  /** For the next requests, one each. */
  readonly faults: Fault[]
  /** Resolves with the next request. */
  next(): Promise<Asked>
  close(): Promise<void>
}

export type Answer = (asked: Asked, text: string) => { status?: number; body: unknown }

/** A service on this machine, with real HTTP. */
export async function startService(answer: Answer): Promise<FakeService> {
  const asked: Asked[] = []
  const faults: Fault[] = []
  const waiting: ((request: Asked) => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void (async () => {
        const text = Buffer.concat(chunks).toString()
        const one: Asked = {
          path: request.url ?? '',
          headers: request.headers,
          body: JSON.parse(text) as Record<string, unknown>,
        }
        asked.push(one)
        for (const resolve of waiting.splice(0)) resolve(one)
        const fault = faults.shift()
        if (fault === 'hang') return
        if (fault === 'drop') request.socket.destroy()
        else if (fault && 'status' in fault) response.writeHead(fault.status, fault.headers).end('{}')
        else if (fault && 'text' in fault) response.end(fault.text)
        if (fault && !('delayMs' in Object(fault))) return
        if (fault) await delay((fault as { delayMs: number }).delayMs)
        const { status = 200, body } = answer(one, text)
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    faults,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

export const SECRET_ID = 'AKID-of-the-test'
export const SECRET_KEY = 'secret-key-of-the-test'

const refusal = (Code: string): { body: unknown } => ({
  body: { Response: { Error: { Code, Message: `${Code} of the fake` }, RequestId: 'r' } },
})

/** What words of a text are judged as. */
export type Words = Readonly<Record<string, 'Review' | 'Block'>>

function suggestionOf(text: string, words: Words): 'Pass' | 'Review' | 'Block' {
  const found = Object.entries(words).flatMap(([word, level]) => (text.includes(word) ? [level] : []))
  return found.includes('Block') ? 'Block' : (found[0] ?? 'Pass')
}

/** Tencent's API 3.0 with TextModeration and ImageModeration: checks the signature, the time and the parameters. */
export async function startTms(words: Words = { casino: 'Block', maybe: 'Review' }): Promise<FakeService> {
  return startService(({ headers, body }, text) => {
    const action = String(headers['x-tc-action'])
    const service = { TextModeration: 'tms', ImageModeration: 'ims' }[action]
    if (service === undefined || headers['x-tc-version'] !== '2020-12-29') return refusal('InvalidAction')
    if (!headers['x-tc-region']) return refusal('MissingParameter')
    const timestamp = Number(headers['x-tc-timestamp'])
    if (Math.abs(Date.now() / 1000 - timestamp) > 300) return refusal('AuthFailure.SignatureExpire')
    const pattern = /^TC3-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
    const [, id, scope = '', signed = '', signature] = pattern.exec(headers.authorization ?? '') ?? []
    if (id !== SECRET_ID) return refusal('AuthFailure.SecretIdNotFound')
    const date = new Date(timestamp * 1000).toISOString().slice(0, 10)
    if (scope !== `${date}/${service}/tc3_request`) return refusal('AuthFailure.SignatureFailure')
    const canonicalHeaders = signed.split(';').map((name) => `${name}:${String(headers[name]).trim().toLowerCase()}\n`)
    const canonical = `POST\n/\n\n${canonicalHeaders.join('')}\n${signed}\n${sha256(text)}`
    const key = hmac(hmac(hmac(`TC3${SECRET_KEY}`, date), service), 'tc3_request')
    const expected = hmac(key, `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`).toString('hex')
    if (signature !== expected) return refusal('AuthFailure.SignatureFailure')
    const known = action === 'TextModeration' ? ['Content', 'BizType', 'DataId'] : ['FileUrl', 'BizType', 'DataId']
    if (Object.keys(body).some((name) => !known.includes(name))) return refusal('UnknownParameter')
    const content = action === 'TextModeration' ? decode(body['Content']) : String(body['FileUrl'])
    if (content === undefined) return refusal('InvalidParameterValue.ErrTextContentType')
    if (Array.from(content).length > 10_000) return refusal('InvalidParameterValue.ErrTextContentLen')
    const Suggestion = suggestionOf(content, words)
    const Label = Suggestion === 'Pass' ? 'Normal' : 'Ad'
    return { body: { Response: { Suggestion, Label, Score: 99, RequestId: 'r' } } }
  })
}

function decode(content: unknown): string | undefined {
  if (typeof content !== 'string' || !/^[A-Za-z0-9+/]+=*$/.test(content)) return undefined
  return Buffer.from(content, 'base64').toString('utf8')
}

export const API_KEY = 'sk-key-of-the-test'

/** An endpoint with OpenAI's `/moderations` and `/chat/completions`. `said`: what the model says instead of a verdict. */
export async function startOpenAi(
  words: Words = { casino: 'Block', maybe: 'Review' },
  said?: () => string,
): Promise<FakeService> {
  return startService(({ path, headers, body }) => {
    if (headers.authorization !== `Bearer ${API_KEY}`)
      return { status: 401, body: { error: { code: 'invalid_api_key' } } }
    if (path === '/v1/moderations') {
      const suggestion = suggestionOf(JSON.stringify(body['input']), words)
      const score = { Pass: 0.01, Review: 0.5, Block: 0.95 }[suggestion]
      const flagged = suggestion === 'Block'
      const result = { flagged, categories: { violence: flagged }, category_scores: { violence: score, hate: 0.001 } }
      return { body: { id: 'm', model: body['model'], results: [result] } }
    }
    const messages = body['messages'] as { role: string; content: unknown }[] | undefined
    if (path !== '/v1/chat/completions' || !messages || typeof body['model'] !== 'string')
      return { status: 400, body: { error: { code: 'bad_request' } } }
    const verdict = suggestionOf(JSON.stringify(messages.at(-1)?.content), words).toLowerCase()
    const content = said?.() ?? `\`\`\`json\n{"verdict": "${verdict}", "label": "advertising"}\n\`\`\``
    return { body: { choices: [{ index: 0, message: { role: 'assistant', content } }] } }
  })
}
