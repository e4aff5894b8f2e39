import { expect } from 'chai'
import { eraseAccount, deleteBefore } from '../../../plugins/archive/write/retention.ts'
import { toPublic } from '../../../plugins/archive/rows/row.ts'
import {
  APP,
  c2cMessage,
  GROUP,
  groupMessage,
  groupRecall,
  open,
  received,
  rowsOf,
  T0,
  textBody,
  write,
} from './support.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

/** What an archive promises on every database. */
export function describeMessages(name: string, newUrl: () => Promise<string>): void {
  describe(`archive of messages, ${name}`, () => {
    it('keeps one row a message, however often it comes', async () => {
      const engine = await open(await newUrl())
      for (let times = 0; times < 3; times++) await write(engine, [groupMessage(1, 'hello'), c2cMessage(2, 'hi')])
      const [group, c2c] = (await rowsOf(engine)).map(toPublic)
      expect(group).to.deep.include({ app: APP, chat: 'group', group: GROUP, from: 'jared', to: null, msgSeq: 1 })
      expect(group).to.deep.include({ text: 'hello', msgBody: textBody('hello'), kinds: ['TIMTextElem'], faults: [] })
      expect(c2c).to.deep.include({ chat: 'c2c', from: 'jared', to: 'jonh', sentAt: iso(T0 + 2000), sendResult: 0 })
      expect(await rowsOf(engine)).to.have.length(2)
    })

    it('blanks a recalled message, or marks it, whichever of both comes first', async () => {
      for (const onRecall of ['blank', 'mark'] as const) {
        for (const recallFirst of [true, false]) {
          const engine = await open(await newUrl())
          const callbacks = [
            groupMessage(1, 'hello'),
            groupRecall([1], T0 + 5000),
            groupRecall([1], T0 + 9000, 'other'),
          ]
          for (const one of recallFirst ? callbacks.toReversed() : callbacks) await write(engine, [one], onRecall)
          const [row] = (await rowsOf(engine)).map(toPublic)
          expect(row).to.deep.include({ recalledAt: iso(T0 + 5000), recalledBy: 'admin', from: 'jared', msgSeq: 1 })
          expect(row?.['text']).to.equal(onRecall === 'mark' ? 'hello' : '')
          expect(row?.['msgBody']).to.deep.equal(onRecall === 'mark' ? textBody('hello') : null)
        }
      }
    })

    it('keeps the last edit, of text and custom data each, whichever comes first', async () => {
      const edit = (at: number, more: object) => {
        const { body } = c2cMessage(1, '')
        const { MsgBody: _, CloudCustomData: __, SendMsgResult: ___, ...key } = body
        return received('C2C.CallbackAfterModifyMsg', { ...key, EventTime: at, ...more })
      }
      const all = [
        c2cMessage(1, 'first', { CloudCustomData: 'a' }),
        edit(T0 + 2000, { MsgBody: textBody('second'), CloudCustomData: 'b' }),
        edit(T0 + 3000, { CloudCustomData: 'c' }),
      ]
      for (const order of [all, all.toReversed(), [all[1], all[0], all[2]], [all[2], all[0], all[1]]]) {
        const engine = await open(await newUrl())
        for (const one of order) if (one) await write(engine, [one])
        const [row] = (await rowsOf(engine)).map(toPublic)
        expect(row).to.deep.include({ text: 'second', cloudCustomData: 'c', editedAt: iso(T0 + 3000) })
      }
    })

    it('tells the incarnations of a group apart', async () => {
      const engine = await open(await newUrl())
      const [ended, begun] = [T0 + 100_500, T0 + 101_500]
      await write(engine, [groupMessage(1, 'old'), groupMessage(2, 'old too')])
      await write(engine, [
        received('Group.CallbackAfterGroupDestroyed', { GroupId: GROUP, EventTime: ended }),
        received('Group.CallbackAfterCreateGroup', { GroupId: GROUP, EventTime: begun }),
      ])
      const later = { MsgTime: T0 / 1000 + 102, EventTime: T0 + 102_100, Random: 7 }
      await write(engine, [groupMessage(1, 'new', later), groupRecall([1], T0 + 110_000), groupMessage(1, 'old')])
      const texts = (await rowsOf(engine)).map(({ text, incarnation }) => [text, incarnation])
      expect(texts).to.deep.equal([
        ['old', 0],
        ['old too', 0],
        ['', begun],
      ])
    })

    it('loses no message of a group that began anew where that is told later, or never', async () => {
      const engine = await open(await newUrl())
      const later = (seq: number) => ({
        MsgTime: T0 / 1000 + 200 + seq,
        EventTime: T0 + 200_000 + seq * 1000,
        Random: 5 + seq,
      })
      await write(engine, [groupMessage(1, 'old 1'), groupMessage(2, 'old 2')])
      await write(engine, [groupMessage(1, 'new 1', later(1)), groupMessage(2, 'new 2', later(2))])
      await write(engine, [groupMessage(3, 'new 3', later(3))])
      expect((await rowsOf(engine)).map(({ text }) => text)).to.deep.equal([
        'old 1',
        'old 2',
        'new 1',
        'new 2',
        'new 3',
      ])
      const begun = T0 + 200_100
      await write(engine, [received('Group.CallbackAfterCreateGroup', { GroupId: GROUP, EventTime: begun })])
      const rows = await rowsOf(engine)
      expect(rows.map(({ text }) => text)).to.deep.equal(['old 1', 'old 2', 'new 1', 'new 2', 'new 3'])
      expect(rows[0]?.incarnation).to.equal(0)
      expect(new Set(rows.map((row) => `${row.incarnation} ${row.seq}`)).size).to.equal(5)
    })

    it('marks what was read, by the first report that covers it, whichever comes first', async () => {
      const report = (second: number, reader = 'jonh') =>
        received('C2C.CallbackAfterMsgReport', {
          Report_Account: reader,
          Peer_Account: reader === 'jonh' ? 'jared' : 'jonh',
          LastReadTime: T0 / 1000 + second,
        })
      const all = [
        c2cMessage(1, 'a'),
        c2cMessage(2, 'b'),
        report(1),
        report(3),
        c2cMessage(9, 'c'),
        report(20, 'jared'),
      ]
      for (const order of [all, all.toReversed()]) {
        const engine = await open(await newUrl())
        for (const one of order) await write(engine, [one])
        const reads = (await rowsOf(engine)).map(({ read_at }) => read_at)
        expect(reads).to.deep.equal([T0 + 1000, T0 + 3000, null])
      }
    })

    it('keeps receipts of groups, extensions, topics, bots and official accounts', async () => {
      const engine = await open(await newUrl())
      const receipt = (count: number, at: number) =>
        received('Group.CallbackAfterReadReceipt', {
          GroupId: GROUP,
          GroupMsgReceiptList: [{ MsgSeq: 1, ReadNum: count, UnreadNum: 9 }],
          EventTime: at,
        })
      const extension = (at: number, OperateType: number, ExtensionList: object[], Seq = 1) =>
        received('Group.CallbackAfterGroupMsgExtension', {
          GroupId: GROUP,
          MsgSeq: 1,
          OperateType,
          ExtensionList,
          Seq,
          EventTime: at,
        })
      await write(engine, [
        extension(T0 + 9000, 1, [{ Key: '__proto__', Value: 'x' }], 3),
        extension(T0 + 8000, 3, [], 2),
        extension(T0 + 7000, 1, [{ Key: 'vote', Value: 'yes' }], 1),
        receipt(2, T0 + 6000),
        receipt(1, T0 + 5000),
        receipt(0, T0 + 1000),
        groupMessage(1, 'hello'),
        received('Bot.OnGroupMessage', { ...groupMessage(1, '@@RBT#1 hello').body }),
        groupMessage(1, 'in a topic', { TopicId: '@TGS#_a@TOPIC#_b' }),
        received('OfficialAccount.CallbackAfterSendMsg', {
          Official_Account: '@TOA#_news',
          MsgKey: '1_2_3',
          MsgTime: T0 / 1000 + 50,
          MsgBody: textBody('news'),
        }),
        received('OfficialAccount.CallbackAfterMsgWithDraw', {
          Official_Account: '@TOA#_news',
          WithdrawMsgList: [{ MsgKey: '1_2_3' }],
          EventTime: T0 + 60_000,
        }),
      ])
      const rows = (await rowsOf(engine)).map(toPublic)
      expect(rows).to.have.length(3)
      const [group] = rows.filter((row) => row['topic'] === null && row['chat'] === 'group')
      expect(group).to.deep.include({ text: 'hello', readAt: iso(T0 + 5000), readCount: 2 })
      expect(JSON.stringify(group?.['extension'])).to.equal('{"__proto__":"x"}')
      expect(rows.find((row) => row['topic'] !== null)).to.include({ text: 'in a topic' })
      expect(rows.find((row) => row['chat'] === 'official')).to.include({ recalledBy: '@TOA#_news', text: '' })
    })

    it('deletes what is beyond the retention, and what an account has sent or got', async () => {
      const engine = await open(await newUrl())
      await write(engine, [groupMessage(1, 'old'), groupMessage(100, 'new'), c2cMessage(101, 'to jonh')])
      await write(engine, [groupMessage(102, 'hers', { From_Account: 'ann' })])
      expect(await deleteBefore(engine, T0 + 50_000, new AbortController().signal)).to.equal(1)
      expect(await eraseAccount(engine, APP + 1, 'jonh')).to.equal(0)
      expect(await eraseAccount(engine, APP, 'jonh')).to.equal(1)
      expect((await rowsOf(engine)).map(({ text }) => text)).to.deep.equal(['new', 'hers'])
    })
  })
}
