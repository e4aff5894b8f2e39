import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { sign } from '../../core/http/request/signature.ts'
import { folderWith, launch, run } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { samplesOf, scrape } from '../harness/metrics.ts'

const TEXT = 'marked text of a message 你好'
const CUSTOM = 'marked custom data'
const TOKEN = 'marked-token-of-the-app'
const ADMIN = 'marked-token-of-the-admin'
const KEY = 'marked-secret-key-of-the-app'
const APP = 1400000009

/** Each way in which a plugin can fail with the text of a message in its hands. */
const WAYS: Readonly<Record<string, string>> = {
  throws: 'throw new Error(`cannot handle ${text}`)',
  caused: 'throw new Error("failed", { cause: new TypeError(`bad: ${text}`, { cause: text }) })',
  string: 'throw text',
  object: 'throw { text }',
  several: 'throw new AggregateError([new Error(text)], `several: ${text}`)',
  rejects: 'return Promise.reject(Object.assign(new Error(text), { text, body: ctx.body }))',
  named: 'throw Object.assign(new Error(text), { code: "EBAD" })',
  parses: 'return JSON.parse(ctx.raw.slice(0, -1))',
  parsesText: 'return JSON.parse(text)',
  stray: 'setImmediate(() => Promise.reject(new Error(text)))',
  late: 'return new Promise((_, reject) => setTimeout(reject, 20, new Error(text)))',
  verdict: 'return { text }',
  restCall:
    'return ctx.rest.call("openim", "sendmsg", { To_Account: "a", MsgBody: ctx.body.MsgBody }, { attempts: 1 })',
  giveUp: 'throw new GiveUp(`gave up: ${text}`)',
}

/** Those that do not fail the handler of an after-callback. */
const HARMLESS_AFTER = ['stray', 'verdict']

const PLUGIN = `
import { GiveUp } from 'GIVE_UP'
const ways = {
${Object.entries(WAYS)
  .map(([name, code]) => `  ${name}(ctx, text) { ${code} },`)
  .join('\n')}
}
const handle = (ctx) => {
  const text = ctx.body.MsgBody[0].MsgContent.Text
  ctx.emit('text', { text })
  return ways[ctx.body.GroupId](ctx, text)
}
export default {
  name: 'leaks',
  observe: { 'plugin:leaks:text': ({ text }) => { throw new Error(text) } },
  handlers: {
    'Group.CallbackBeforeSendMsg': { timeoutMs: 10, handle },
    'Group.CallbackAfterSendMsg': { timeoutMs: 10, retry: { attempts: 1 }, handle },
  },
}`

/** A REST API that repeats in its errors all that it was sent. */
async function startEcho(): Promise<{ url: string; signatures: string[] }> {
  const signatures: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      signatures.push(new URL(request.url ?? '', 'http://a').searchParams.get('usersig') ?? '')
      response.setHeader('content-type', 'application/json')
      const ErrorInfo = `cannot do ${request.url} with ${body}`
      response.end(JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 90001, ErrorInfo }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, signatures }
}

describe('no output', () => {
  it('holds a message, a token, a Sign or a usersig, however a plugin fails', async () => {
    const echo = await startEcho()
    const folder = await folderWith({
      'leaks.mjs': PLUGIN.replace('GIVE_UP', new URL('../../core/plugin.js', import.meta.url).href),
      'config/plugins.yaml': `
server: { port: 0, drainMs: 0 }
admin: { port: 0, token: '${ADMIN}' }
log: { level: trace }
apps:
  - sdkAppId: ${APP}
    tokens: ['${TOKEN}']
    rest: { baseUrl: '${echo.url}', identifier: administrator, secretKey: '${KEY}' }
delivery: { sqlite: { file: ${JSON.stringify('data.db')} } }
plugins: [{ use: ../leaks.mjs }]
`,
    })
    const server = launch(['start'], folder)
    const started = await server.says('listening on')
    const url = /listening on (http[^" ]+)/.exec(started)?.[1] ?? ''
    const adminUrl = /health on (http[^" ]+\/)healthz/.exec(started)?.[1]
    const answers: string[] = []
    const signs: string[] = []
    const post = async (command: string, body: string, more: Record<string, string> = {}): Promise<void> => {
      const RequestTime = `${Math.floor(Date.now() / 1000)}`
      const Sign = sign(TOKEN, RequestTime)
      signs.push(Sign)
      const query = { SdkAppid: `${APP}`, CallbackCommand: command, Sign, RequestTime, ...more }
      const response = await fetch(`${url}?${new URLSearchParams(query).toString()}`, { method: 'POST', body })
      answers.push(await response.text())
    }
    const bodyOf = (GroupId: string, Text: unknown = TEXT): string =>
      JSON.stringify({
        GroupId,
        From_Account: 'a',
        MsgSeq: answers.length,
        MsgTime: 1,
        CloudCustomData: CUSTOM,
        MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }],
      })
    for (const phase of ['Before', 'After'])
      for (const way of Object.keys(WAYS)) await post(`Group.Callback${phase}SendMsg`, bodyOf(way))
    // Faults, and requests that are refused.
    await post('Group.CallbackBeforeSendMsg', bodyOf('throws', { text: TEXT }))
    await post('Group.CallbackAfterSendMsg', `${bodyOf('throws')}${TEXT}`)
    await post('Group.CallbackAfterSendMsg', bodyOf('throws'), { Sign: `${signs[0]}0`, SdkAppid: TOKEN })
    await post('', bodyOf('throws'), { RequestTime: '1' })
    let metrics = ''
    const dead = (): number => samplesOf(metrics).get('timhook_dead_letters_total{plugin="leaks"}') ?? 0
    while (dead() < Object.keys(WAYS).length - HARMLESS_AFTER.length)
      metrics = await scrape(adminUrl, { Authorization: `Bearer ${ADMIN}` })
    const unauthorised = await fetch(new URL('/metrics', adminUrl), { headers: { Authorization: `Bearer ${TOKEN}` } })
    const listings = await Promise.all(['events', 'dead-letters'].map((name) => run([name], { cwd: folder })))
    server.child.kill('SIGTERM')
    const { stdout, stderr, code } = await server.ended
    expect(code).to.equal(0)
    expect(stdout.match(/"msg":"handler failed/g)?.length).to.be.at.least(15)
    expect(listings[1]?.stdout).to.contain('leaks')
    expect(echo.signatures.length).to.be.greaterThan(0)
    const outputs = {
      stdout,
      stderr,
      metrics,
      unauthorised: await unauthorised.text(),
      answers: answers.join('\n'),
      listings: listings.map((one) => one.stdout + one.stderr).join('\n'),
    }
    const secrets = [TEXT, 'marked text', CUSTOM, TOKEN, ADMIN, KEY, ...signs, ...echo.signatures]
    for (const [name, output] of Object.entries(outputs))
      for (const secret of secrets)
        expect(output.includes(secret), `${name} holds ${secret}: ${lineWith(output, secret)}`).to.equal(false)
  })
})

function lineWith(output: string, text: string): string {
  return output.split('\n').find((line) => line.includes(text)) ?? ''
}
