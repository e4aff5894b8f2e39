import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { startFake, type FakeSettings, type FakeTencent } from '../../fakes/tencent-rest/fake.ts'
import { makeGroup } from '../../fakes/tencent-rest/groups.ts'
import { type Ended, folderWith, run } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { APP, c2cMessage, GROUP, groupMessage, groupRecall, open, rowsOf, T0, textBody, write } from './support.ts'

interface Desk {
  readonly folder: string
  readonly url: string
  readonly fake: FakeTencent
  readonly timhook: (...args: string[]) => Promise<Ended>
}

/** A folder with a config, an archive, and Tencent's REST API. */
async function desk(settings: FakeSettings = {}): Promise<Desk> {
  const fake = await startFake({ sdkAppId: APP, ...settings })
  stopAfterTest(() => fake.close())
  const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
  const config = {
    apps: [{ sdkAppId: APP, unsigned: true, rest }],
    plugins: [{ use: 'archive', options: { url: 'sqlite:data/archive.db' } }],
  }
  const folder = await folderWith({ 'other.yaml': JSON.stringify(config) })
  const timhook = (...args: string[]): Promise<Ended> =>
    run(['archive', ...args, '--config', 'other.yaml'], { cwd: folder })
  return { folder, fake, url: `sqlite:${join(folder, 'data/archive.db')}`, timhook }
}

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** The hour of Beijing that a time is in, as Tencent writes it. */
const hourOf = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 13).replaceAll(/[-T]/g, '')

describe('timhook archive export', () => {
  it('writes messages as JSON Lines, as JSON and as CSV, those of a group and a time', async () => {
    const { url, timhook } = await desk()
    const many = Array.from({ length: 1200 }, (_, n) => groupMessage(n + 1, `text ${n}`))
    await write(await open(url), [...many, groupMessage(1, 'other', { GroupId: '@TGS#other' }), c2cMessage(5, 'hi')])
    const all = await timhook('export', '--group', GROUP)
    expect([all.code, all.stderr]).to.deep.equal([0, ''])
    expect(lines(all.stdout).map(({ msgSeq }) => msgSeq)).to.deep.equal(many.map((_, n) => n + 1))
    const since = new Date(T0 + 1_190_000).toISOString()
    const some = await timhook('export', '--since', since, '--json')
    expect((JSON.parse(some.stdout) as unknown[]).length).to.equal(11)
    const csv = await timhook('export', '--account', 'jonh', '--format', 'csv')
    const [head, line, ...rest] = csv.stdout.split('\r\n')
    expect(head).to.match(/^app,chat,group,topic,from,to,/)
    expect(line).to.match(/^\d+,c2c,,,jared,jonh,0,5,/)
    expect(rest).to.deep.equal([''])
  })

  it('escapes quotes, and what a spreadsheet would take for a formula', async () => {
    const { url, timhook } = await desk()
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', 'a "b", c\nd']
    await write(
      await open(url),
      texts.map((text, n) => groupMessage(n, text, { From_Account: `=${n}` })),
    )
    const { stdout } = await timhook('export', '--format', 'csv')
    for (const cell of [",'=1+1,", ",'+1,", ",'-1,", ",'@SUM(A1),", ",'\t=1,", ',"a ""b"", c\nd",'])
      expect(stdout).to.include(cell)
    expect(stdout).not.to.match(/,[=+@]/)
  })

  it('writes a file that only this user can read, and overwrites none', async () => {
    const { url, folder, timhook } = await desk()
    await write(await open(url), [groupMessage(1, '\u001b[31m红包')])
    const first = await timhook('export', '--out', 'all.jsonl', '--json')
    expect(JSON.parse(first.stdout)).to.deep.equal({ messages: 1, file: 'all.jsonl' })
    expect(lines(await readFile(join(folder, 'all.jsonl'), 'utf8'))[0]).to.include({ text: '\u001b[31m红包' })
    expect((await stat(join(folder, 'all.jsonl'))).mode & 0o777).to.equal(0o600)
    const again = await timhook('export', '--out', 'all.jsonl')
    expect([again.code, again.stderr]).to.deep.equal([1, 'all.jsonl cannot be written: EEXIST\n'])
  })

  it('says what is wrong with a time, and with a database of a newer version', async () => {
    const { url, timhook } = await desk()
    expect((await timhook('export', '--since', 'yesterday')).stderr).to.match(
      /^--since is not a time: "yesterday"\n {2}Give how long ago/,
    )
    const engine = await open(url)
    await engine.db.updateTable('timhook_archive').set({ value: '9' }).execute()
    expect((await timhook('export')).stderr).to.match(
      /^the archive cannot be used: the archive was written by a newer timhook/,
    )
  })
})

describe('timhook archive search', () => {
  it('finds messages by their words, newest first', async () => {
    const { url, timhook } = await desk()
    await write(await open(url), [
      groupMessage(1, '我在北京大学'),
      c2cMessage(2, '去北京吗?'),
      groupMessage(3, 'elsewhere'),
    ])
    const { code, stdout } = await timhook('search', '北京')
    expect(code).to.equal(0)
    expect(
      stdout
        .split('\n')
        .slice(1, 3)
        .map((line) => line.trim().split(/ {2,}/).at(-1)),
    ).to.deep.equal(['去北京吗?', '我在北京大学'])
    const json = await timhook('search', '北京', '--group', GROUP, '--json')
    expect(JSON.parse(json.stdout)).to.have.length(1)
    expect((await timhook('search')).code).to.equal(2)
  })
})

describe('timhook archive gaps', () => {
  it('finds the numbers that are missing and gets their messages from Tencent, once', async () => {
    const group = makeGroup({ id: GROUP, cap: 20 })
    const { url, fake, timhook } = await desk({ groups: [group] })
    const at = T0 / 1000
    for (let seq = 1; seq <= 60; seq++) {
      // 30 to 34 are notices.
      if (seq < 30 || seq > 34)
        group.messages.push({ from: 'ann', body: textBody(`text ${seq}`), random: 1000 + seq, at: at + seq, seq })
    }
    group.nextMsgSeq = 61
    await write(
      await open(url),
      [1, 2, 50, 60].map((seq) => groupMessage(seq, `from a callback ${seq}`)),
    )
    const found = await timhook('gaps', '--group', GROUP, '--json')
    expect(JSON.parse(found.stdout)).to.deep.equal([
      { from: 3, to: 49, missing: 47 },
      { from: 51, to: 59, missing: 9 },
    ])
    expect(fake.calls).to.have.length(0)
    const filled = await timhook('gaps', '--group', GROUP, '--fill', '--json')
    expect(JSON.parse(filled.stdout)).to.deep.equal([
      { from: 3, to: 49, missing: 47, filled: 47, left: 0 },
      { from: 51, to: 59, missing: 9, filled: 9, left: 0 },
    ])
    const rows = await rowsOf(await open(url))
    expect(rows.filter(({ complete }) => complete === 1)).to.have.length(55)
    expect(rows.find(({ seq }) => seq === 2)).to.include({ text: 'from a callback 2' })
    expect(rows.find(({ seq }) => seq === 7)).to.include({ text: 'text 7', sender: 'ann' })
    const calls = fake.calls.length
    await timhook('gaps', '--group', GROUP, '--fill')
    expect(fake.calls.length).to.equal(calls)
    expect(lines((await timhook('export')).stdout)).to.have.length(55)
  })

  it('fails with what Tencent says', async () => {
    const { url, timhook } = await desk()
    await write(await open(url), [groupMessage(1, 'a'), groupMessage(3, 'b')])
    const { code, stderr } = await timhook('gaps', '--group', GROUP, '--fill')
    expect(code).to.equal(1)
    expect(stderr).to.include('10010')
  })
})

describe('timhook archive import', () => {
  it("imports messages from Tencent's files, once, and changes no existing one", async () => {
    const at = Math.floor(Date.now() / 3_600_000) * 3600 - 7200
    const c2c = {
      From_Account: 'ann',
      To_Account: 'bob',
      MsgSeq: 5,
      MsgRandom: 6,
      MsgTimestamp: at,
      MsgBody: textBody('one to one'),
    }
    const inGroup = (MsgSeq: number, text: string) => ({
      GroupId: GROUP,
      From_Account: 'ann',
      MsgSeq,
      MsgTimestamp: at + MsgSeq,
      MsgBody: textBody(text),
    })
    const history = {
      [`C2C ${hourOf(at * 1000)}`]: [c2c, 'no message', null],
      [`Group ${hourOf(at * 1000)}`]: [inGroup(1, 'original'), inGroup(2, 'second')],
    }
    const { url, fake, timhook } = await desk({ history })
    const engine = await open(url)
    const known = { MsgTime: at + 1, EventTime: (at + 1) * 1000 }
    await write(engine, [groupMessage(1, 'from a callback', known), groupRecall([1], Date.now())])
    for (let times = 0; times < 2; times++) {
      const { stdout, stderr, code } = await timhook('import', '--since', '3h', '--json')
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(JSON.parse(stdout)).to.deep.equal({ files: 2, messages: 3, hours: 3 })
    }
    expect(fake.callsOf('get_history')).to.have.length(12)
    const rows = (await rowsOf(engine)).map(({ text, msg_key, seq }) => [text, msg_key, seq])
    expect(rows).to.deep.equal([
      ['one to one', `5_6_${at}`, 5],
      ['', null, 1],
      ['second', null, 2],
    ])
  })

  it('reads a downloaded file, and says which one it cannot read', async () => {
    const { url, folder, timhook } = await desk()
    const message = {
      GroupId: GROUP,
      From_Account: 'ann',
      MsgSeq: 1,
      MsgTimestamp: T0 / 1000,
      MsgBody: textBody('from a file'),
    }
    await writeFile(
      join(folder, 'a.gz'),
      gzipSync(`${JSON.stringify(message)}\n${JSON.stringify({ ...message, MsgSeq: 2 })}\n`),
    )
    await writeFile(join(folder, 'bad.gz'), gzipSync('x').subarray(0, 12))
    expect((await timhook('import', '--file', 'a.gz', '--chat', 'group')).stdout).to.match(/^2 messages of 1 files/)
    expect(await rowsOf(await open(url))).to.have.length(2)
    expect((await timhook('import', '--file', 'bad.gz', '--chat', 'group')).stderr).to.match(
      /^a history file is not a complete gzip file/,
    )
    expect((await timhook('import', '--file', 'a.gz')).stderr).to.match(/^a file holds one kind of messages/)
    expect((await timhook('import', '--file', 'none', '--chat', 'c2c')).stderr).to.equal(
      'none cannot be read: ENOENT\n',
    )
  })
})
