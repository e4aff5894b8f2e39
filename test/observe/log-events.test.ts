import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { BEFORE, deferred, entry, FULL, full } from '../harness/plugin.ts'
import { serve } from '../harness/server.ts'

describe('the log', () => {
  it('logs the first refusal of a kind, and throttles the others', async () => {
    const { post, lines } = await serve()
    for (let n = 0; n < 30; n++) await post(FULL, 'no JSON')
    const refused = lines.map((line) => JSON.parse(line) as { msg: string; reason?: string })
    expect(refused.filter(({ msg }) => msg === 'refused').map(({ reason }) => reason)).to.deep.equal([
      'body: is not JSON',
    ])
  })

  it('says about undelivered callbacks at the end only what is true of the engine', async () => {
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

  it('logs a fault once for each command and path, with an example, and none of the text', async () => {
    const { post, lines } = await serve({ plugins: [entry('all', { '*': () => undefined })] })
    const text = (Text: unknown): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text } })
    for (let n = 0; n < 5; n++) {
      await post(FULL, { GroupId: `g${n}`, EventTime: 'a secret' })
      await post('Group.CallbackAfterSendMsg', { GroupId: 'g', MsgBody: [text(['a secret']), text({ n })] })
      await post(BEFORE, { GroupId: { n }, MsgBody: [text({ n })] })
      for (const other of ['A', 'B']) await post(`X.${n}`, { CallbackCommand: other, n })
    }
    const told = lines
      .map((line) => JSON.parse(line) as { msg: string; command: string; path: string; level: string; fits: boolean })
      .filter(({ msg }) => msg === 'body does not fit its definition')
    expect(told.map(({ command, path }) => `${command} ${path}`)).to.deep.equal([
      `${FULL} EventTime`,
      'Group.CallbackAfterSendMsg MsgBody[].MsgContent.Text',
      `${BEFORE} GroupId`,
      `${BEFORE} MsgBody[].MsgContent.Text`,
      'X.0 CallbackCommand',
    ])
    expect(told[0]).to.deep.include({ faults: ['EventTime: expected integer, got string'], fits: true })
    expect(lines.join('')).not.to.contain('a secret')
  })

  it('holds no token and no Sign, whatever is refused', async () => {
    const { request, lines } = await serve()
    const Sign = 'ab'.repeat(32)
    await request(`/?SdkAppid=1400000002&CallbackCommand=x&RequestTime=1&Sign=${Sign}`, { method: 'POST' })
    expect(lines.join('')).to.contain('Sign: does not match').and.not.contain(Sign)
  })
})
