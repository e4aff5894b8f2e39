import { expect } from 'chai'
import { type ChatFormat, startWebhook } from '../../fakes/chat-webhooks.ts'
import { folderWith, run, startCommand, type Ended } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'

const SECRETS = { dingtalk: 'SEC-secret-of-the-robot', feishu: 'secret-of-the-bot', json: 'c2VjcmV0' } as const
const APPS = 'apps: [{ sdkAppId: 1, unsigned: true }]\n'

const configWith = (options: string): string => `${APPS}plugins:\n  - use: notify\n    options: ${options}\n`

async function test(config: string, env: Record<string, string> = {}, ...args: string[]): Promise<Ended> {
  const cwd = await folderWith({ 'config/plugins.yaml': config })
  return run(['notify', 'test', ...args], { cwd, env })
}

describe('timhook notify test', () => {
  for (const format of ['wecom', 'dingtalk', 'feishu', 'slack', 'json'] as const) {
    const secret = format in SECRETS ? SECRETS[format as keyof typeof SECRETS] : undefined
    it(`sends one message that ${format} accepts, and says what came back`, async () => {
      const fake = await startWebhook(format, secret)
      const signed = secret === undefined ? '' : `, signingSecret: ${secret}`
      const { code, stdout, stderr } = await test(
        configWith(`{ url: '\${HOOK}', format: ${format}${signed} }`),
        { HOOK: fake.url },
        '--text',
        '磁盘满了',
      )
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(fake.texts).to.have.length(1)
      expect(fake.texts[0]).to.match(/^\[timhook\] TEST: 磁盘满了 \(/)
      expect(stdout).to.match(/^127\.0\.0\.1:\d+ took the message within \d+ ms, and answered 20[04]/)
      expect(stdout).to.contain(fake.requests[0]?.answer).and.not.to.contain('the-key-of-the-hook')
    })
  }

  for (const [what, of, options, expected] of [
    [
      'the secret is missing',
      'dingtalk',
      'format: dingtalk',
      /refused the message: 310000 sign not match\n {2}.*SEC… as/,
    ],
    [
      'the secret is missing',
      'feishu',
      'format: feishu',
      /refused the message: 19021 sign match fail.*\n {2}.*signingSecret/,
    ],
    [
      'the secret is missing',
      'json',
      'format: json',
      /refused the message: HTTP 401 bad signature\n {2}.*signingSecret/,
    ],
    [
      'the format is left out',
      'wecom',
      'alerts: true',
      /answered 200, with what looks like .*40008.*\n {2}Look at `format`/,
    ],
    [
      'the format is another',
      'feishu',
      'format: dingtalk',
      /with no code in the answer: .*\n {2}That is no answer of dingtalk/,
    ],
    ['the format is another', 'slack', 'format: wecom', /refused the message: HTTP 400 no_text\n/],
  ] as const satisfies readonly (readonly [string, ChatFormat, string, RegExp])[]) {
    it(`fails with what to do where ${what}: ${of}, ${options}`, async () => {
      const fake = await startWebhook(of, of in SECRETS ? SECRETS[of as keyof typeof SECRETS] : undefined)
      const { code, stdout, stderr } = await test(configWith(`{ url: '\${HOOK}', ${options} }`), { HOOK: fake.url })
      expect([code, stdout]).to.deep.equal([1, ''])
      expect(stderr).to.match(expected).and.not.to.contain('the-key-of-the-hook')
      expect(fake.texts).to.deep.equal([])
    })
  }

  it('fails where nobody listens or the key is wrong, and prints what came back as JSON too', async () => {
    const fake = await startWebhook('wecom')
    const hook = fake.url.replace('the-key-of-the-hook', 'another')
    const wrong = await test(configWith("{ url: '${HOOK}', format: wecom }"), { HOOK: hook }, '--json')
    expect(wrong.code).to.equal(1)
    expect(JSON.parse(wrong.stdout)).to.deep.include({ ok: false, format: 'wecom', status: 200 })
    expect(wrong.stderr).to.match(/refused the message: 93000 invalid webhook url\n {2}The key in `url` is wrong/)
    await fake.close()
    const away = await test(configWith("{ url: '${HOOK}', format: wecom }"), { HOOK: fake.url })
    expect([away.code, away.stderr]).to.match(/^1,127\.0\.0\.1:\d+ could not be reached: ECONNREFUSED\n$/)
  })

  for (const [what, options, expected] of [
    [
      'no url',
      '{ format: wecom }',
      'options.url: required key is missing; expected the http or https URL of a webhook',
    ],
    ['a url without https://', '{ url: qyapi.weixin.qq.com/x }', 'options.url: expected the http or https URL of a'],
    ['a variable that is not set', "{ url: '${NO_SUCH_HOOK}' }", 'the environment variable NO_SUCH_HOOK is not set\n'],
    ['a format that is none', '{ url: https://a.example, format: wechat }', 'got "wechat" (did you mean wecom?)'],
    ["another service's url", '{ url: https://qyapi.weixin.qq.com/x }', 'qyapi.weixin.qq.com is a webhook of wecom'],
    ['a secret that nobody checks', '{ url: https://a.example, format: slack, signingSecret: x }', 'no signingSecret'],
    ['an event that is none', '{ url: https://a.example, events: { full: x } }', 'expected plugin:ID:NAME'],
  ] as const) {
    it(`refuses a config with ${what} with one fault that says so`, async () => {
      const { code, stderr } = await test(configWith(options))
      expect(code).to.equal(78)
      expect(stderr).to.contain(expected)
      expect(stderr.trim().split('\n')).to.have.length(1)
    })
  }

  it('works for `alerts`, and without a store that another process could open', async () => {
    const fake = await startWebhook('wecom')
    const config = `${APPS}delivery: { engine: memory }\nalerts: { url: '${fake.url}', format: wecom }\n`
    const cwd = await folderWith({ 'config/plugins.yaml': config })
    expect((await run(['alerts', 'test'], { cwd })).code).to.equal(0)
    const status = await run(['alerts', 'status'], { cwd })
    expect([status.code, status.stdout]).to.deep.equal([1, ''])
    expect(status.stderr).to.match(/^delivery\.engine is memory/)
  })

  it('names `alerts` as the place of its faults', async () => {
    const config = `${APPS}alerts: { url: 'https://hooks.slack.com/x' }\n`
    const { stderr } = await run(['check'], { cwd: await folderWith({ 'config/plugins.yaml': config }) })
    expect(stderr).to.match(
      /^config\/plugins\.yaml:2:9 alerts: format is json, but hooks\.slack\.com is a webhook of slack/,
    )
  })

  it('says so where the config has no such plugin, or there is none', async () => {
    const without = await test(APPS)
    expect([without.code, without.stderr]).to.deep.equal([
      2,
      'the config has no plugin with the id notify\n  Its plugins are none.\n',
    ])
    const cwd = await folderWith({})
    expect((await run(['notify', 'test'], { cwd })).stderr).to.match(/^no config file config\/plugins\.yaml\n/)
  })
})

describe('timhook notify status', () => {
  it('shows beside the server and after its end what was sent, and what waits and why', async () => {
    const fake = await startWebhook('json')
    const cwd = await folderWith({
      'config/plugins.yaml': `${APPS}server: { drainMs: 0 }
plugins:
  - use: ./crm.mjs
  - { use: notify, options: { url: '${fake.url}', events: { 'plugin:crm:order': 'an order' }, group: 0 } }\n`,
      'config/crm.mjs': `export default { name: 'crm', handlers: { '${FULL}': ({ emit }) => emit('order', {}) } }`,
    })
    const rows = async (): Promise<string[]> => {
      const { stdout } = await run(['notify', 'status'], { cwd })
      return stdout.replaceAll(/\S+Z/g, 'TIME').replaceAll(/ +/g, ' ').trimEnd().split('\n')
    }
    const until = async (...expected: string[]): Promise<void> => {
      while (!(await rows()).every((row, index) => row.trim() === ['state lines last why', ...expected][index]));
    }
    const server = await startCommand(cwd)
    const callback = async (): Promise<void> => {
      const url = `${server.url}?SdkAppid=1&CallbackCommand=${FULL}`
      await fetch(url, { method: 'POST', body: JSON.stringify(full({ EventTime: serial++ })) })
    }
    let serial = Date.now()
    const first = fake.next()
    await callback()
    await first
    await until('sent 1 TIME', 'waiting 0')
    fake.script.push({ status: 429, body: '', headers: { 'retry-after': '600' } })
    await callback()
    await until('sent 1 TIME', 'waiting 1 TIME HTTP 429')
    server.child.kill('SIGTERM')
    await server.ended
    expect(fake.texts).to.deep.equal(['an order', 'an order'])
    expect((await rows()).map((row) => row.trim())).to.deep.equal(['state lines last why', 'sent 2 TIME', 'waiting 0'])
  })
})
