import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { startArchive, type Archive } from '../../../plugins/archive/archive.ts'
import type { Received } from '../../../plugins/archive/callbacks/read-callback.ts'
import { type Log, RetryAfter } from '../../../core/plugin.ts'
import { folderWith } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { serve } from '../../harness/server.ts'
import { groupMessage, open, rowsOf } from './support.ts'

const GROUPS = ['@TGS#one', '@TGS#two', '@TGS#three', '@TGS#four']

/** Writes a callback, as often as the archive asks for it. */
async function written(archive: Archive, callback: Received): Promise<void> {
  for (;;) {
    const asked: unknown = await archive.write(callback).catch((error: unknown) => error)
    if (!(asked instanceof RetryAfter)) return
    await delay(asked.ms)
  }
}

interface Server {
  kill(): Promise<void>
  start(): Promise<void>
}

/** What an archive does while its database is away, or does not let it in. */
export function describeOutage(
  name: string,
  setting: () => { server: Server; newUrl: () => Promise<string>; wrongPassword: () => Promise<string> },
): void {
  const begin = async (url: string) => {
    const lines: string[] = []
    const say = (...said: unknown[]): void => void lines.push(JSON.stringify(said))
    const log = { debug: say, info: say, warn: say, error: say, child: () => log } as unknown as Log
    const signal = new AbortController().signal
    const archive = await startArchive({ url, onRecall: 'blank' }, { log, signal, count: () => undefined })
    stopAfterTest(() => archive.close())
    return { archive, lines }
  }

  describe(`archive with a database that is down, ${name}`, () => {
    it('is held while it is killed under load: no attempt, no loss, and every group in order', async () => {
      const { server: database, newUrl } = setting()
      const url = await newUrl()
      const delivery = { engine: 'sqlite' as const, sqlite: { file: join(await folderWith({}), 'timhook.db') } }
      const server = await serve({ plugins: [{ use: 'archive', options: { url } }], delivery })
      const spent: unknown[] = []
      const told: string[] = []
      const counts = { done: 0 }
      let wake = (): void => undefined
      server.bus.on('handler:done', ({ attempt }) => {
        if (attempt !== 1) spent.push(attempt)
        counts.done++
        wake()
      })
      server.bus.on('handler:failed', (event) => void (event.deferred === true || spent.push(event)))
      server.bus.on('callback:dead', (event) => void spent.push(event))
      server.bus.on('plugin:held', () => void told.push('held'))
      server.bus.on('plugin:resumed', () => void told.push('resumed'))
      const until = async (count: number): Promise<void> => {
        while (counts.done < count) await new Promise<void>((resolve) => (wake = resolve))
      }
      let seq = 0
      /** So many messages to each group. */
      const load = async (count: number): Promise<void> => {
        for (const end = seq + count; seq < end; seq++) {
          const body = (group: string): object => groupMessage(seq, `text ${seq}`, { GroupId: group }).body
          const answers = await Promise.all(
            GROUPS.map((group) => server.post('Group.CallbackAfterSendMsg', body(group))),
          )
          expect(answers.map(({ status }) => status)).to.deep.equal(GROUPS.map(() => 200))
        }
      }
      await load(10)
      await until(GROUPS.length)
      const held = server.bus.next('plugin:held')
      await Promise.all([load(40), database.kill()])
      await held
      await load(20)
      await database.start()
      await until(GROUPS.length * seq)
      const engine = await open(url)
      const rows = await engine.db.selectFrom('timhook_messages').select(['group_id', 'seq']).orderBy('id').execute()
      for (const group of GROUPS) {
        const seqs = rows.filter(({ group_id }) => group_id === group).map((row) => row.seq)
        expect(seqs).to.deep.equal(Array.from({ length: seq }, (_, n) => n))
      }
      expect(spent).to.deep.equal([])
      expect(told).to.deep.equal(['held', 'resumed'])
      expect(server.lines.join('')).to.include('the archive is written again').and.not.to.include('text 4')
    })

    it('starts without it, and creates the tables when it is back', async () => {
      const { server, newUrl } = setting()
      const url = await newUrl()
      await server.kill()
      const { archive, lines } = await begin(url)
      const refused: unknown = await archive.write(groupMessage(1, 'hello')).catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(RetryAfter).and.to.include({ plugin: true })
      await server.start()
      await written(archive, groupMessage(1, 'hello'))
      expect(lines[0]).to.include('the database of the archive is down')
      expect(await rowsOf(await open(url))).to.have.length(1)
    })

    it('does not start with a wrong password, and does not print it', async () => {
      const { wrongPassword } = setting()
      const refused: unknown = await begin(await wrongPassword()).catch((error: unknown) => error)
      expect(String(refused)).to.match(
        /the archive cannot be used: the database accepts no connection with this user, password and database \(\w+\)/,
      )
      expect(String(refused)).not.to.include('hunter2')
    })
  })
}
