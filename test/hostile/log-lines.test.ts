import { Writable } from 'node:stream'
import { expect } from 'chai'
import { createMask } from '../../config/mask-text.ts'
import { readableLog } from '../../core/cli/start/log-destination.ts'
import { createLogger, type Logger } from '../../core/observe/log.ts'

type Line = Record<string, unknown> & { msg: string }

function logTo(lines: string[], secrets: readonly string[] = []): Logger {
  return createLogger({ destination: { write: (line) => void lines.push(line) }, mask: createMask(secrets) })
}

function logged(write: (log: Logger) => void, secrets?: readonly string[]): { text: string; line: Line } {
  const lines: string[] = []
  write(logTo(lines, secrets))
  expect(lines).to.have.length(1)
  return { text: lines[0] ?? '', line: JSON.parse(lines[0] ?? '') as Line }
}

/** What a person sees of it on a terminal, colours aside. */
async function seen(write: (log: Logger) => void): Promise<string> {
  let out = ''
  const terminal = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out += chunk.toString()
      done()
    },
  })
  const destination = await readableLog(terminal)
  write(createLogger({ destination }))
  await new Promise<void>((resolve) => setImmediate(resolve))
  return out.replaceAll(COLOUR, '')
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
const EVIL = 'a\u009b2Jb\u202ec\u2028d\u061ce\u007ff\u0000g\r\nERROR: forged\ud800'

describe('a line of the log', () => {
  it('holds nothing that a terminal obeys, and says the same', () => {
    const { text, line } = logged((log) => log.info({ [EVIL]: EVIL, list: [EVIL] }, EVIL))
    expect(text).to.match(/^[^\p{Cc}\u061c\u2028\u202e]+\n$/u)
    expect(line).to.include({ msg: EVIL, [EVIL]: EVIL })
    expect(line['list']).to.deep.equal([EVIL])
  })

  it('is one line on a terminal, with escapes in place of what it would obey', async () => {
    const out = await seen((log) => log.warn({ [EVIL]: EVIL, deep: { list: [EVIL] } }, EVIL))
    expect(out).to.match(/^[^\p{Cc}\u061c\u2028\u202e]+$/mu)
    expect(out).to.include('a\\u009b2Jb\\u202ec\\u2028d\\u061ce\\u007ff\\u0000g\\u000d\\u000aERROR: forged')
    expect(out.split('\n').filter((line) => line.includes('WARN'))).to.have.length(1)
    expect(out).not.to.match(/^ERROR/m)
  })

  it('shows the stack of an error on a terminal, and no line that its message made up', async () => {
    const error = {
      message: 'broken',
      stack: 'E: broken\nERROR: forged\u009b\n    at one (a.js:1:1)\n    at two (b.js:2:2)',
    }
    const out = await seen((log) => log.error({ error }, 'handler failed'))
    expect(out).to.include('at one (a.js:1:1)').and.include('at two (b.js:2:2)')
    expect(out).not.to.include('forged')
  })

  it('is cut where a plugin logs a megabyte, and stays JSON with its sentence', () => {
    for (const unit of ['a', '群', '\u0000', '\u202e', '"']) {
      const long = unit.repeat(1_000_000 / Buffer.byteLength(unit))
      const { text, line } = logged((log) => log.info({ long, list: [long, long], deep: { a: { b: long } } }, long))
      expect(text.length, unit).to.be.below(20_000)
      expect(line.msg, unit).to.match(/….?$/)
      expect(line['long'], unit).to.match(/…$/)
    }
  })

  it('is cut where a plugin logs a hundred thousand values, and says so', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key${n}`, n]))
    const { text, line } = logged((log) => log.info({ ...many, nested: many, list: Object.values(many) }, 'many'))
    expect(text.length).to.be.below(20_000)
    expect(line).to.include({ msg: 'many', truncated: true, key0: 0 })
  })

  it('is left as it is where it is of an ordinary length', () => {
    const values = { text: 'x'.repeat(3000), list: [1, { a: null }], yes: true }
    expect(logged((log) => log.info(values, 'ordinary')).line).to.deep.include({ ...values, msg: 'ordinary' })
  })

  it('holds no secret, be it cut in the middle of one or written with escapes', () => {
    const secrets = ['S3cret"with\\marks', 's'.repeat(40)]
    const { text } = logged((log) => {
      log.info({ cut: 'x'.repeat(4080) + 's'.repeat(40), quoted: secrets[0] }, `key ${secrets[0]}`)
    }, secrets)
    expect(text).not.to.match(/S3cret|sssss/)
  })

  it('holds no password of a URL, and all that stands behind a URL without one', () => {
    const values = { at: 'redis://timhook:hush@host:1/0', plain: 'http://host:80', mail: 'a@b' }
    const { line } = logged((log) => log.info(values, 'at http://u:hush"@h'))
    expect(line).to.include({ at: 'redis://timhook:***@host:1/0', plain: 'http://host:80', mail: 'a@b' })
    expect(line.msg).to.equal('at http://u:***@h')
  })
})
