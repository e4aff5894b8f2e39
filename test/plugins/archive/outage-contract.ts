import { expect } from 'chai'
import { startArchive } from '../../../plugins/archive/archive.ts'
import type { Log } from '../../../core/plugin.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { deferred } from '../../harness/plugin.ts'
import { groupMessage, open, rowsOf } from './support.ts'

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
    const away = deferred()
    const say = (...said: unknown[]): void => {
      lines.push(JSON.stringify(said))
      if (JSON.stringify(said).includes('callbacks wait')) away.resolve()
    }
    const log = { debug: say, info: say, warn: say, error: say, child: () => log } as unknown as Log
    const signal = new AbortController().signal
    const archive = await startArchive({ url, onRecall: 'blank' }, { log, signal, count: () => undefined })
    stopAfterTest(() => archive.close())
    return { archive, lines, away: away.promise }
  }

  describe(`archive with a database that is away, ${name}`, () => {
    it('waits for it while it runs, and loses nothing', async () => {
      const { server, newUrl } = setting()
      const url = await newUrl()
      const { archive, lines, away } = await begin(url)
      const write = (seq: number): Promise<void> => archive.write(groupMessage(seq, `text ${seq}`))
      await Promise.all([1, 2, 3].map(write))
      await server.kill()
      const waiting = [4, 5, 6].map(write)
      await away
      await server.start()
      await Promise.all([...waiting, write(7)])
      expect((await rowsOf(await open(url))).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4, 5, 6, 7])
      expect(lines.join('')).to.include('the archive is written again').and.not.to.include('text 4')
    })

    it('starts without it, and makes the tables when it is there', async () => {
      const { server, newUrl } = setting()
      const url = await newUrl()
      await server.kill()
      const { archive, lines } = await begin(url)
      const written = archive.write(groupMessage(1, 'hello'))
      await server.start()
      await written
      expect(lines[0]).to.include('the database of the archive is away')
      expect(await rowsOf(await open(url))).to.have.length(1)
    })

    it('does not start with a wrong password, and does not print it', async () => {
      const { wrongPassword } = setting()
      const refused: unknown = await begin(await wrongPassword()).catch((error: unknown) => error)
      expect(String(refused)).to.match(
        /the archive cannot be used: the database lets nobody in with this user, password and database \(\w+\)/,
      )
      expect(String(refused)).not.to.include('hunter2')
    })
  })
}
