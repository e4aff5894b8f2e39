import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from './harness/cli.ts'
import { deferred, entry, FULL, full } from './harness/plugin.ts'
import { serve } from './harness/server.ts'

describe('the log', () => {
  it('tells of the first refusal of a kind, and is not flooded by the others', async () => {
    const { post, lines } = await serve()
    for (let n = 0; n < 30; n++) await post(FULL, { GroupId: n })
    const refused = lines.map((line) => JSON.parse(line) as { msg: string; reason?: string })
    expect(refused.filter(({ msg }) => msg === 'refused').map(({ reason }) => reason)).to.deep.equal([
      'GroupId: expected string',
    ])
  })

  it('says of what was not delivered at the end only what is true of the engine', async () => {
    const folder = await folderWith({})
    for (const [delivery, level, words] of [
      [{ engine: 'memory' }, 'warn', 'are lost'],
      [{ engine: 'sqlite', sqlite: { file: join(folder, 'timhook.db') } }, 'info', 'are stored, and will be'],
    ] as const) {
      const under = deferred()
      const hangs = (): Promise<void> => {
        under.resolve()
        return new Promise(() => undefined)
      }
      const { post, lines, server } = await serve({ delivery, plugins: [entry('hangs', { [FULL]: hangs })] })
      await post(FULL, full())
      await under.promise
      await server.stop({ drainMs: 0, graceMs: 0 })
      const closed = lines.map((line) => JSON.parse(line) as { level: string; msg: string; undelivered?: number })
      const last = closed.find(({ msg }) => msg.startsWith('closed'))
      expect(last).to.include({ level, undelivered: 1 })
      expect(last?.msg).to.contain(words)
    }
  })

  it('holds no token and no Sign, whatever is refused', async () => {
    const { request, lines } = await serve()
    const Sign = 'ab'.repeat(32)
    await request(`/?SdkAppid=1400000002&CallbackCommand=x&RequestTime=1&Sign=${Sign}`, { method: 'POST' })
    expect(lines.join('')).to.contain('Sign: does not match').and.not.contain(Sign)
  })
})
