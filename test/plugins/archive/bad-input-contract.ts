import { expect } from 'chai'
import { sql } from '#kysely'
import { openArchive } from '../../../plugins/archive/archive.ts'
import { migrate } from '../../../plugins/archive/database/migrate.ts'
import { toPublic } from '../../../plugins/archive/rows/row.ts'
import { applyFacts } from '../../../plugins/archive/write/apply.ts'
import { readCallback } from '../../../plugins/archive/callbacks/read-callback.ts'
import { c2cMessage, GROUP, groupMessage, open, received, rowsOf, T0, textBody, write } from './support.ts'

/** What an archive does with what no client should send, on every database. */
export function describeBadInput(name: string, newUrl: () => Promise<string>): void {
  describe(`archive of bad input, ${name}`, () => {
    it('keeps bodies with faults, whole', async () => {
      const engine = await open(await newUrl())
      const faults = ['MsgSeq: expected integer, got object']
      await write(engine, [
        groupMessage(1, 'x', { MsgSeq: undefined }),
        received('Group.CallbackAfterSendMsg', { GroupId: GROUP, MsgBody: 'no list', MsgTime: 'soon' }, { faults }),
        received('C2C.CallbackAfterSendMsg', { MsgBody: textBody('from nobody') }, { faults }),
        received('Group.CallbackAfterRecallMsg', { GroupId: GROUP, MsgSeqList: [null, 7, {}] }),
        received('C2C.CallbackAfterMsgReport', { Report_Account: 'a', LastReadTime: -1 }),
      ])
      const rows = await rowsOf(engine)
      expect(rows.map((row) => [toPublic(row)['faults'], row.raw !== null, row.seq])).to.deep.equal([
        [[], false, null],
        [faults, true, null],
        [faults, true, null],
      ])
      expect(rows[1]?.body).to.equal('"no list"')
    })

    it('stores NUL and lone surrogates as U+FFFD in text, and exactly in MsgBody', async () => {
      const engine = await open(await newUrl())
      const text = 'a\u0000b\ud800c 😀\ude00'
      await write(engine, [groupMessage(1, text, { CloudCustomData: '\u0000', From_Account: 'x\udfff' })])
      const [row] = (await rowsOf(engine)).map(toPublic)
      expect(row).to.include({ text: 'a\ufffdb\ufffdc 😀\ufffd', cloudCustomData: '\ufffd', from: 'x\ufffd' })
      expect(row?.['msgBody']).to.deep.equal(textBody(text))
    })

    it('takes 1 MB of text, 10,000 elements, quotes, backslashes, and ids of 500 characters', async () => {
      const engine = await open(await newUrl())
      const long = '中'.repeat(500)
      const large = '红包😀 word\\ \' " % '.repeat(60_000)
      await write(engine, [
        groupMessage(1, large),
        groupMessage(2, '', { MsgBody: Array.from({ length: 10_000 }, (_, n) => textBody(`word${n}`)[0]) }),
        groupMessage(3, 'o\'brien \\ "x" %', { From_Account: `${long}a`, GroupId: `${long}g` }),
        groupMessage(3, 'other', { From_Account: `${long}b`, GroupId: `${long}h` }),
        c2cMessage(4, 'c2c', { From_Account: long, To_Account: `${long}2`, MsgKey: undefined }),
        c2cMessage(5, 'beyond', { From_Account: 'f'.repeat(5000), MsgKey: 'k'.repeat(5000) }),
      ])
      const rows = (await rowsOf(engine)).map(toPublic)
      expect(rows).to.have.length(6)
      expect(rows[0]?.['msgBody']).to.deep.equal(textBody(large))
      expect(String(rows[0]?.['text'])).to.have.length(100_000)
      expect(rows[1]?.['msgBody']).to.have.length(10_000)
      expect(rows[2]).to.include({ text: 'o\'brien \\ "x" %', group: `${long}g`, from: `${long}a` })
      expect(rows[4]).to.include({ from: long, to: `${long}2` })
      expect(String(rows[5]?.['from'])).to.have.length(600)
    })

    it('refuses tables that a newer version or somebody else has created', async () => {
      const newer = await newUrl()
      const engine = await open(newer)
      await engine.db.updateTable('timhook_archive').set({ value: '99' }).execute()
      const refused: unknown = await openArchive({ url: newer }).catch((error: unknown) => error)
      expect(String(refused)).to.include('written by a newer timhook (tables of version 99')
      const other = await newUrl()
      const first = await open(other)
      await first.db.schema.dropTable('timhook_archive').execute()
      const foreign: unknown = await openArchive({ url: other }).catch((error: unknown) => error)
      expect(String(foreign)).to.include('has a table timhook_messages that no archive has made')
    })

    it('migrates tables of an older version, with all their rows, and only once', async () => {
      const url = await newUrl()
      const old = await open(url)
      await write(old, [groupMessage(1, 'kept')])
      const added = ['create table timhook_added (name varchar(9))', "insert into timhook_added values ('x')"]
      const next = { ...old, versions: [...old.versions, added] }
      for (let times = 0; times < 2; times++) await migrate(next)
      const { rows } = await sql`select name from timhook_added`.execute(old.db)
      expect(rows).to.deep.equal([{ name: 'x' }])
      expect((await rowsOf(old)).map(({ text }) => text)).to.deep.equal(['kept'])
      const refused: unknown = await migrate(old).catch((error: unknown) => error)
      expect(String(refused)).to.include(`tables of version ${old.versions.length + 1}; this one knows`)
      for (const value of ['0', 'x', '1.5']) {
        await old.db.updateTable('timhook_archive').set({ value }).execute()
        const never: unknown = await migrate(old).catch((error: unknown) => error)
        expect(String(never)).to.include(`of version ${value}, which never existed`)
      }
    })

    it('leaves the older version intact if a step to the new one fails', async () => {
      const old = await open(await newUrl())
      await write(old, [groupMessage(1, 'kept')])
      const broken = { ...old, versions: [...old.versions, ['insert into timhook_nowhere values (1)']] }
      expect(await migrate(broken).catch((error: unknown) => error)).to.be.instanceOf(Error)
      await migrate(old)
      expect((await rowsOf(old)).map(({ text }) => text)).to.deep.equal(['kept'])
    })

    it('is created and written by two servers at once, without a loss', async () => {
      const url = await newUrl()
      const engines = await Promise.all([open(url), open(url)])
      const work = engines.map(async (engine, server) => {
        for (let n = 0; n < 20; n++) {
          // The same messages from both, and recalls of the other's.
          const seq = server === 0 ? n : 19 - n
          await applyFacts(engine, readCallback(groupMessage(seq, `text ${seq}`)), 'mark')
        }
      })
      await Promise.all(work)
      const [engine] = engines
      const rows = engine ? await rowsOf(engine) : []
      expect(rows.map(({ text }) => text)).to.deep.equal(Array.from({ length: 20 }, (_, seq) => `text ${seq}`))
    })

    it('keeps one of two messages that claim one MsgSeq in one millisecond', async () => {
      const engine = await open(await newUrl())
      const other = groupMessage(1, 'b', { MsgTime: 5, Random: 6 })
      await write(engine, [groupMessage(1, 'a'), other])
      await write(engine, [groupMessage(1, 'a'), other])
      expect((await rowsOf(engine)).map(({ text }) => text)).to.deep.equal(['b'])
    })

    it('uses one transaction for a whole batch', async () => {
      const engine = await open(await newUrl())
      await sql`alter table timhook_incarnations rename to gone`.execute(engine.db)
      const failed: unknown = await write(engine, [c2cMessage(1, 'x'), groupMessage(1, 'y')]).catch(
        (error: unknown) => error,
      )
      expect(failed).to.be.instanceOf(Error)
      expect(engine.failureOf(failed)).to.equal('unavailable')
      expect(await rowsOf(engine)).to.have.length(0)
      expect(T0).to.be.greaterThan(0)
    })
  })
}
