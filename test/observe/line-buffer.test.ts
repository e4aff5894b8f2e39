import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { LineBuffer } from '../../core/observe/line-buffer.ts'
import { logCallbacks } from '../../core/observe/log-callbacks.ts'
import { createLogger } from '../../core/observe/log.ts'
import { Bus } from '../../core/observe/bus.ts'
import { FULL } from '../harness/plugin.ts'

const run = promisify(execFile)
const answered = { command: FULL, phase: 'after', outcome: 'allow', code: 0, failed: false, durationMs: 1 } as const

/** A file that keeps what each write has. */
function file(): { texts: string[]; stream: { write: (text: string) => void; flushSync: () => void } } {
  const texts: string[] = []
  return { texts, stream: { write: (text) => void texts.push(text), flushSync: () => undefined } }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('lines that are collected', () => {
  it('are one text at the end of the turn', async () => {
    const { texts, stream } = file()
    const lines = new LineBuffer(stream)
    for (const line of ['1\n', '2\n', '3\n']) lines.add(line)
    expect(texts).to.deep.equal([])
    await turn()
    expect(texts).to.deep.equal(['1\n2\n3\n'])
  })

  it('are at most 4096 bytes, which a pipe takes in one piece', async () => {
    const { texts, stream } = file()
    const lines = new LineBuffer(stream)
    const line = `${'x'.repeat(299)}\n`
    for (let n = 0; n < 100; n++) lines.add(line)
    lines.flushSync()
    expect(texts.join('')).to.equal(line.repeat(100))
    expect(texts.length).to.be.within(8, 9)
    for (const text of texts) expect(text.length).to.be.at.most(4096)
  })

  it('of callbacks stand in the log in the order of what happened', async () => {
    const { texts, stream } = file()
    const log = createLogger({ destination: stream }).child({ worker: 1 })
    const bus = new Bus()
    logCallbacks(bus, log, { callbacks: 'all', sample: 1 })
    bus.emit('callback:answered', { ...answered, id: 'a', sdkAppId: 1, bytes: 2 })
    bus.emit('callback:answered', { ...answered, id: 'b', sdkAppId: 1, bytes: 2 })
    log.info('between')
    bus.emit('callback:answered', { ...answered, id: 'c', sdkAppId: 1, bytes: 2 })
    bus.emit('callback:answered', { ...answered, command: 'X.Unknown', id: 'd', sdkAppId: 1, bytes: 2 })
    bus.emit('callback:answered', { ...answered, id: 'e', sdkAppId: 1, bytes: 2 })
    log.flush()
    await turn()
    const written = texts.join('').trimEnd().split('\n')
    const about = written.map((line) => JSON.parse(line) as { id?: string; msg: string; worker: number })
    expect(about.map(({ id, msg }) => id ?? msg)).to.deep.equal(['a', 'b', 'between', 'c', 'd', 'e'])
    expect(about.every(({ worker }) => worker === 1)).to.equal(true)
    expect(texts.length).to.be.below(written.length)
  })

  it('are not lost when the process exits', async () => {
    const from = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
    const code = `
      import { createLogger, linesOf } from ${from('../../core/observe/log.js')}
      const lines = linesOf(createLogger())
      for (let n = 0; n < 3; n++) lines.add(n + '\\n')
      process.exit()`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code])
    expect(stdout).to.equal('0\n1\n2\n')
  })
})
