import { expect } from 'chai'
import type { Filter, History, PluginSteps } from '../../../core/delivery/history.ts'
import { BEFORE, entry, full, FULL, message } from '../../harness/plugin.ts'
import { serve, type TestServer } from '../../harness/server.ts'
import { counted } from './counted.ts'
import { pages, type Settings, until } from './histories.ts'

const SENT = 'Group.CallbackAfterSendMsg'
const JOINED = 'Group.CallbackAfterNewMemberJoin'
const CREATED = 'Group.CallbackAfterCreateGroup'
const once = { attempts: 1 }
const MINUTE_MS = 60_000

/** How every engine searches what it has stored, asked by the server's own process. */
export function describeSearch(
  engine: string,
  settings: () => ReturnType<Settings> | Promise<{ engine: 'memory' }>,
): void {
  describe(`a search in the history of the engine ${engine}`, () => {
    const start = async (plugins: Parameters<typeof entry>[]): Promise<TestServer & { history: History }> => {
      const server = await serve({
        admin: { port: 0 },
        delivery: await settings(),
        plugins: plugins.map((given) => entry(...given)),
      })
      return { ...server, history: await server.server.running.history() }
    }

    it('finds what names a group or an account, delivered or not', async () => {
      const { post, bus, history } = await start([
        ['one', { '*': async () => undefined, [BEFORE]: ({ reject }) => reject(10100) }],
      ])
      const done = counted(bus, 5)
      await post(FULL, full({ GroupId: '@TGS#1' }))
      await post(SENT, { GroupId: '@TGS#12', From_Account: 'jared', MsgBody: [], MsgSeq: 1, MsgTime: 1 })
      await post(JOINED, {
        GroupId: '@TGS#1',
        NewMemberList: [{ Member_Account: 'tommy' }, { Member_Account: 'jared' }],
      })
      await post(FULL, '{"GroupId":"\\u7fa4/\\u0031","EventTime":7}')
      await post(BEFORE, message('jared', { GroupId: '@TGS#1', From_Account: 'ann' }))
      await post(CREATED, { GroupId: '123456789012345678901', Owner_Account: 7 })
      await done
      const all = await until(
        () => history.backward({}),
        ({ entries }) => entries.length === 6,
      )
      const [created, said, escaped, joined, sent, first] = all.entries.map(({ id }) => id)
      const found = (filter: Filter): Promise<string[]> => pages(history, 'backward', filter)
      expect(await found({ group: '@TGS#1' })).to.deep.equal([said, joined, first])
      expect(await found({ group: '@TGS#1', limit: 1 })).to.deep.equal([said, joined, first])
      expect(await pages(history, 'forward', { group: '@TGS#1', limit: 2 })).to.deep.equal([first, joined, said])
      expect(await found({ account: 'jared' })).to.deep.equal([joined, sent])
      expect(await found({ account: 'jared', group: '@TGS#1' })).to.deep.equal([joined])
      expect(await found({ account: 'ann', outcome: 'kept' })).to.deep.equal([said])
      expect(await found({ account: '7' })).to.deep.equal([created])
      expect(await found({ group: '群/1' })).to.deep.equal([escaped])
      expect(await found({ group: '123456789012345678901' })).to.deep.equal([created])
      // An outcome is written a moment after its handler has ended.
      const finished = await until(
        () => found({ account: 'tommy', command: JOINED, plugin: 'one', outcome: 'done' }),
        ({ length }) => length > 0,
      )
      expect(finished).to.deep.equal([joined])
      for (const none of [{ group: 'jared' }, { account: '@TGS#1' }, { group: '@TGS#*' }, { group: '' }])
        expect(await found(none), JSON.stringify(none)).to.deep.equal([])
      const [bare] = (await history.backward({ account: 'tommy' })).entries
      expect(bare).not.to.have.property('body')
      const [whole] = (await history.backward({ account: 'tommy', bodies: true })).entries
      expect(whole?.body?.raw).to.contain('tommy')
    })

    it('lists callbacks by their ids, as far as they fit the rest of the filter', async () => {
      const { post, history } = await start([['one', { [BEFORE]: ({ reject }) => reject() }]])
      for (const GroupId of ['a', 'b', 'c']) await post(FULL, full({ GroupId }))
      await post(BEFORE, message())
      const { entries } = await until(
        () => history.backward({}),
        (page) => page.entries.length === 4,
      )
      const [kept = '', c = '', , a = ''] = entries.map(({ id }) => id)
      const ids = [a, kept, c, c, 'no id']
      const found = async (filter: Filter): Promise<string[]> => pages(history, 'backward', { ids, ...filter })
      expect(await found({})).to.deep.equal([kept, c, a])
      expect(await pages(history, 'forward', { ids, limit: 1 })).to.deep.equal([a, c, kept])
      expect(await found({ outcome: 'kept' })).to.deep.equal([kept])
      expect(await found({ command: FULL, group: 'c' })).to.deep.equal([c])
    })

    it('counts dead letters by plugin and error', async () => {
      const fail = ({ body }: { body: { GroupId?: string } }): never => {
        throw new Error(`broken ${body.GroupId}`)
      }
      const { post, history } = await start([
        ['one', { [FULL]: fail }, { retry: once }],
        ['two', { [FULL]: fail, [CREATED]: fail }, { retry: once }],
      ])
      for (const GroupId of ['a', 'b', 'a']) await post(FULL, full({ GroupId }))
      await post(CREATED, { GroupId: 'a' })
      const counts = await until(
        () => history.deadLetterCounts(),
        (all) => all.reduce((sum, { count }) => sum + count, 0) === 7,
      )
      expect(counts.map(({ plugin, error, count }) => [plugin, error.split('\n')[0], count])).to.deep.equal([
        ['two', 'threw in attempt 1: broken a', 3],
        ['one', 'threw in attempt 1: broken a', 2],
        ['one', 'threw in attempt 1: broken b', 1],
        ['two', 'threw in attempt 1: broken b', 1],
      ])
    })

    it('knows how a callback stands with each of its plugins', async () => {
      const fail = async (): Promise<never> => {
        throw new Error('broken')
      }
      const long = { attempts: 3, minMs: 1e9, maxMs: 1e9 }
      const { post, history } = await start([
        ['dead', { [FULL]: fail }, { retry: once }],
        ['done', { [FULL]: async () => undefined }],
        ['held', { [FULL]: { handle: fail, ordered: true } }, { retry: long }],
        ['retries', { [FULL]: fail }, { retry: long }],
        ['runs', { [FULL]: () => new Promise<void>(() => undefined) }],
      ])
      const before = Date.now()
      await post(FULL, full())
      const { entries } = await until(
        () => history.backward({}),
        (page) => page.entries.length === 1,
      )
      const id = entries[0]?.id ?? ''
      const sorted = async (): Promise<PluginSteps[]> =>
        (await history.steps(id)).toSorted((one, other) => (one.plugin < other.plugin ? -1 : 1))
      const [dead, done, held, retries, runs] = await until(
        sorted,
        ([first, second, third, fourth]) =>
          first?.outcome === 'dead' && second?.outcome === 'done' && third?.attempts === 1 && fourth?.attempts === 1,
      )
      expect(dead).to.include({ plugin: 'dead', attempts: 1 })
      expect(dead?.error).to.contain('broken')
      // The database has a clock of its own, and what is known of it is as old as a reply.
      expect(dead?.diedAt).to.be.within(before - MINUTE_MS, Date.now() + MINUTE_MS)
      const [letter] = await history.deadLetters()
      expect(dead?.deadLetter).to.equal(letter?.ref)
      expect(done).to.deep.equal({ plugin: 'done', outcome: 'done' })
      expect(held).to.include({ plugin: 'held', outcome: 'waiting', held: true })
      expect(held?.nextAt).to.be.greaterThan(before + MINUTE_MS)
      expect(retries).to.include({ plugin: 'retries', outcome: 'waiting' }).and.not.to.have.property('held')
      expect(retries?.nextAt).to.be.greaterThan(before + MINUTE_MS)
      expect(runs).to.deep.equal({ plugin: 'runs', outcome: 'waiting' })
      expect(await history.steps(`zz${id.slice(2)}`)).to.deep.equal([])
    })

    it('takes requests for dead letters, replays and pauses', async () => {
      let broken = true
      const { post, bus, history } = await start([
        [
          'one',
          {
            [FULL]: async () => {
              if (broken) throw new Error('broken')
            },
          },
          { retry: once },
        ],
      ])
      await post(FULL, full())
      const [letter] = await until(
        () => history.deadLetters(),
        ({ length }) => length === 1,
      )
      broken = false
      const retried = bus.next('handler:done')
      const retry = await history.request({ kind: 'retry', refs: [letter?.ref ?? ''] })
      expect(await retried).to.include({ plugin: 'one', attempt: 1 })
      const result = await until(
        () => history.result(retry),
        (found) => found !== undefined,
      )
      expect(result).to.include({ count: 1 })
      expect(await history.deadLetters()).to.deep.equal([])
      await until(
        () => history.backlogs(),
        ({ length }) => length === 0,
      )
      await history.request({ kind: 'pause', refs: ['one'], reason: 'a test' })
      await until(
        () => history.holds(),
        (holds) => holds['one']?.reason === 'a test',
      )
      const again = bus.next('handler:done')
      await history.request({ kind: 'replay', plugin: 'one', refs: [letter?.callback.ref ?? ''] })
      const waiting = await until(
        () => history.backlogs(),
        ({ length }) => length === 1,
      )
      expect(waiting).to.deep.equal([{ plugin: 'one', count: 1 }])
      await history.request({ kind: 'resume', refs: ['one'] })
      expect(await again).to.include({ plugin: 'one' })
      expect(await history.isServed()).to.equal(true)
    })
  })
}
