import { expect } from 'chai'
import { folderWith, run } from '../../harness/cli.ts'
import { deferred, entry, FULL } from '../../harness/plugin.ts'
import { eventsOf, serve, SIGNED_APP, TOKENS, UNSIGNED_APP } from '../../harness/server.ts'

const config = (app: number, how: string): string => `apps: [{ sdkAppId: ${app}, ${how} }]\n`

describe('timhook trigger', () => {
  it('sends a sample that is signed, and prints the answer', async () => {
    const got = deferred<unknown>()
    const { url } = await serve({
      plugins: [
        entry('sees', { [FULL]: async ({ body, signed, query }) => got.resolve({ ...body, signed, ...query }) }),
      ],
    })
    const cwd = await folderWith({ 'config/plugins.yaml': config(SIGNED_APP, `tokens: ['${TOKENS[0]}']`) })
    const { code, stdout } = await run(['trigger', FULL, '--url', url], { cwd })
    expect(code).to.equal(0)
    expect(stdout).to.match(/^200 \{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0\} \([0-9.]+ ms\)\n$/)
    expect(await got.promise).to.include({ GroupId: '@TGS#TIMHOOK-SAMPLE', signed: true, contenttype: 'json' })
  })

  it('sets fields of the sample, and sends many that are not resends of each other', async () => {
    const bodies: unknown[] = []
    const { url, bus } = await serve({
      plugins: [entry('sees', { [FULL]: async ({ body }) => void bodies.push(body.GroupId) })],
    })
    const resent = eventsOf(bus, 'callback:resent')
    const cwd = await folderWith({ 'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true') })
    const args = ['trigger', FULL, '--url', url, '--set', 'GroupId=@TGS#7', '--count', '25', '--concurrency', '5']
    const { code, stdout, stderr } = await run(args, { cwd })
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^25 of 25 OK, [0-9]+\/s, p50 [0-9.]+ ms, p99 [0-9.]+ ms\n$/)
    expect(bodies).to.deep.equal(Array.from({ length: 25 }, () => '@TGS#7'))
    expect(resent).to.deep.equal([])
  })

  it('keeps text if the table says text', async () => {
    const got = deferred<string>()
    const { url } = await serve({
      plugins: [entry('sees', { 'Group.CallbackAfterSendMsg': async ({ raw }) => got.resolve(raw) })],
    })
    const cwd = await folderWith({ 'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true') })
    const texts = {
      GroupId: '22097',
      From_Account: '144115216631667',
      'MsgBody.0.MsgContent.Text': '5',
      CloudCustomData: '{"a":[1]}',
      EventTime: '1670574414123',
      'MsgBody.0.MsgContent.New': '[7]',
    }
    const settings = Object.entries(texts).flatMap(([path, text]) => ['--set', `${path}=${text}`])
    const args = ['trigger', 'Group.CallbackAfterSendMsg', ...settings, '--set', 'Type="Public"', '--url', url]
    expect((await run(args, { cwd })).code).to.equal(0)
    expect(JSON.parse(await got.promise)).to.deep.include({
      GroupId: '22097',
      From_Account: '144115216631667',
      CloudCustomData: '{"a":[1]}',
      EventTime: 1670574414123,
      Type: 'Public',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '5', New: [7] } }],
    })
  })

  it('sends the samples of all commands that a pattern covers', async () => {
    const got: string[] = []
    const { url } = await serve({
      plugins: [entry('sees', { 'Call.*': async ({ command }) => void got.push(command) })],
    })
    const cwd = await folderWith({ 'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true') })
    const { code, stdout } = await run(['trigger', 'Call.*', '--url', url, '--count', '2'], { cwd })
    expect(code).to.equal(0)
    expect(stdout).to.match(/^8 of 8 OK/)
    const names = ['EndCall', 'MemberChanged', 'RecordChanged', 'StartCall'].map((name) => `Call.CallbackAfter${name}`)
    expect(got).to.have.members([...names, ...names])
    const none = await run(['trigger', 'Cal.*', '--url', url], { cwd })
    expect([none.code, none.stderr.split('\n')[0]]).to.deep.equal([
      2,
      'Cal.* is not a known callback; did you mean Call.*?',
    ])
    expect((await run(['trigger', 'Call.*', '--raw', 'x.json', '--url', url], { cwd })).stderr).to.contain(
      'takes one command',
    )
  })

  it('sends the same variations for the same seed, and --set overrides them', async () => {
    const bodies: Record<string, unknown>[] = []
    const { url } = await serve({
      plugins: [entry('sees', { 'Group.CallbackAfterSendMsg': async ({ body }) => void bodies.push({ ...body }) })],
    })
    const cwd = await folderWith({ 'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true') })
    const fixed = { GroupId: '@TGS#7', EventTime: 5, MsgTime: 6, MsgSeq: 7, CloudCustomData: 'mine' }
    const settings = Object.entries(fixed).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const args = ['trigger', 'Group.CallbackAfterSendMsg', '--url', url, '--count', '30', ...settings]
    const first = await run([...args, '--seed', '9'], { cwd })
    expect([first.code, first.stderr]).to.deep.equal([0, ''])
    expect(bodies.map((body) => body['Timhook_Variation'])).to.deep.equal(bodies.map((_, n) => `9/${n}`))
    for (const body of bodies) expect(body).to.include(fixed)
    expect(new Set(bodies.map((body) => JSON.stringify({ ...body, Timhook_Variation: 0 }))).size).to.be.above(15)
    const sent = bodies.splice(0)
    expect(sent).to.have.length(30)
    await run([...args, '--seed', '9', '--set', 'Again=1'], { cwd })
    expect(bodies).to.deep.equal(sent.map((body) => ({ ...body, Again: 1 })))
  })

  it('sends a file as it is, also for an unknown command, and fails on a refusal', async () => {
    const { url } = await serve()
    const cwd = await folderWith({
      'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true'),
      'body.json': '{"GroupId":5}',
      'list.json': '[]',
    })
    const known = await run(['trigger', FULL, '--url', url, '--raw', 'list.json', '--json'], { cwd })
    expect(known.code).to.equal(1)
    expect((JSON.parse(known.stdout) as unknown[])[0]).to.include({ status: 400, ok: false })
    expect((await run(['trigger', 'New.One', '--url', url, '--raw', 'body.json'], { cwd })).code).to.equal(0)
  })

  for (const [what, args, expected, status] of [
    [
      'an unknown command',
      ['Group.CallbackAfterGroupFul'],
      /not a known callback; did you mean Group\.CallbackAfterGroupFull\?/,
      2,
    ],
    ['a seed for a file', [FULL, '--raw', 'body.json', '--seed', '1'], /cannot be used with option '--raw/, 2],
    ['a setting without a value', [FULL, '--set', 'GroupId'], /expected path=value/, 2],
    ['a setting inside a value that is not an object', [FULL, '--set', 'GroupId.x=1'], /no object at GroupId/, 2],
    ['a setting of an inherited property', [FULL, '--set', '__proto__.x=1'], /__proto__\.x: no field has this name/, 2],
    ['a setting inside an inherited property', [FULL, '--set', 'constructor.x=1'], /no object at constructor/, 2],
    ['a host on another machine', [FULL, '--url', 'http://example.com/'], /not this machine\n +Add --yes/, 2],
    ['an invalid URL', [FULL, '--url', 'nope'], /expected http:/, 2],
    ['an app that is not in the config', [FULL, '--app', '5'], /app 5 is not in the config/, 2],
    ['a server that is not running', [FULL, '--url', 'http://127.0.0.1:9/'], /Is the server running/, 1],
    ['a missing file', [FULL, '--raw', 'no.json'], /no\.json: cannot be read \(ENOENT\)/, 2],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      const cwd = await folderWith({ 'config/plugins.yaml': config(UNSIGNED_APP, 'unsigned: true') })
      const { code, stderr } = await run(['trigger', ...args], { cwd })
      expect(code).to.equal(status)
      expect(stderr).to.match(expected)
      expect(stderr).not.to.match(/\n\s+at /)
    })
  }
})
