import { expect } from 'chai'
import { createMask } from '../../config/mask-text.ts'
import { fingerprintOf } from '../../core/delivery/ingest/fingerprint.ts'
import { escapeControls } from '../../core/cli/output/terminal-escape.ts'
import { parseJson } from '../../core/lib/json.ts'
import { createLogger } from '../../core/observe/log.ts'
import { bodyReader } from '../../core/callback/body-reader.ts'
import { commands } from '../../core/protocol/commands.ts'
import { redactor } from '../../core/rest/client/redact.ts'
import { loggableError } from '../../core/observe/loggable-error.ts'
import { readParameters } from '../../core/http/request/query-params.ts'
import { parseQuery } from '../../core/host/parse-query.ts'

/** Not shorter: V8 keeps what is above 128 kB apart, which costs more a byte, and would count as growth. */
const SMALL = 150_000
const LARGE = 1_500_000
/** Linear is 10, quadratic is 100. */
const MOST = 30
/** Below this the clock of the processor says little, so what is quicker is done several times. */
const LEAST_US = 1000

const repeated = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
const base64 = (length: number): string =>
  Buffer.from(Array.from({ length: Math.ceil(length * 0.75) }, (_, n) => (n * 167 + (n >> 8)) & 255)).toString('base64')

/** Texts that patterns and loops have been slow with. */
const texts: Readonly<Record<string, (length: number) => string>> = {
  a: (length) => repeated('a', length),
  'a://': (length) => repeated('a://', length),
  ':/': (length) => repeated(':/', length),
  '://a:': (length) => repeated('://a:', length),
  '@': (length) => repeated('@', length),
  'a://b:c, then @': (length) => `a://b:c${repeated('@', length)}`,
  base64,
  '*': (length) => repeated('*', length),
  'quotes and backslashes': (length) => repeated('\\"', length),
  digits: (length) => repeated('1234567890 ', length),
  'many digits': (length) => repeated('7', length),
  'lines of a stack': (length) => repeated('\n    at a', length),
  'invisible characters': (length) => repeated('\u202e\u0085', length),
  'many short texts': (length) => repeated('abc def ', length),
}

const SEND = 'Group.CallbackBeforeSendMsg'
const definition = commands.get(SEND)
if (!definition) throw new Error(SEND)
const read = bodyReader(definition)
const secrets = ['token-of-the-test', 'another-secret']
const mask = createMask(secrets)
const log = createLogger({ destination: { write: () => undefined }, mask })
const element = (text: string): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text: text } })
const message = (text: string): Record<string, unknown> => ({ GroupId: 'g', MsgBody: [element(text)] })
const manyTexts = (text: string): string =>
  JSON.stringify({ MsgBody: text.match(/[^]{1,20}/g)?.map((piece, n) => element(`${n}${piece}`)) })

/** What goes through each text that a stranger may choose. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'the mask of a log line': mask,
  'a line of the log': (text) => log.info({ text }, text),
  'an error of a plugin': (text) => loggableError(new Error(text)),
  'an error of a plugin that quotes the message': (text) =>
    loggableError(new Error(`bad: ${text}`), JSON.stringify(message(text))),
  'an error of a plugin, and a message of many texts': (text) => loggableError(new Error(text), manyTexts(text)),
  'what a command prints': (text) => escapeControls(text),
  'a refusal of the REST API': (text) => redactor(secrets, { Text: text })(text),
  'a refusal of the REST API, and a request of many texts': (text) =>
    redactor(secrets, JSON.parse(manyTexts(text)))(text),
  'JSON with such a text': (text) => parseJson(JSON.stringify({ text })),
  'JSON with such keys': (text) => parseJson(`{${JSON.stringify(text)}:[1,-12345678901234567890]}`),
  'the identity of a body': (text) => {
    const body = message(text)
    return fingerprintOf({ sdkAppId: 1, command: SEND, raw: JSON.stringify(body), body })
  },
  'the check of a body': (text) => read(message(text)),
  'the check of a body with many faults': (text) => {
    const list = text.match(/[^]{1,20}/g) ?? []
    return [read({ MsgBody: text, GroupId: list }), read({ MsgBody: list })]
  },
  'the parameters of a URL': (text) => [readParameters(text), parseQuery(text)],
}

/** Microseconds of processor time. */
function costOf(run: () => void, times: number): number {
  const before = process.cpuUsage()
  for (let time = 0; time < times; time++) run()
  const { user, system } = process.cpuUsage(before)
  return Math.max(1, user + system)
}

/**
 * How many times as much the long text costs as a short one: the least of each of 20, or of fewer if they do. As many
 * short texts as are as long as the long one are read in turn, because one alone would stay in the processor's cache.
 */
function growthOf(read: (text: string) => unknown, make: (length: number) => string): number {
  const count = LARGE / SMALL
  const short = Array.from({ length: count }, (_, n) => make(SMALL - n))
  const long = make(LARGE)
  const small = (): void => {
    for (const text of short) read(text)
  }
  const large = (): void => void read(long)
  const times = Math.ceil(LEAST_US / costOf(small, 1))
  let [ofShort, ofLong] = [Infinity, Infinity]
  for (let n = 0; n < 20 && !(ofLong / ofShort <= MOST); n++) {
    ofShort = Math.min(ofShort, costOf(small, times) / count)
    ofLong = Math.min(ofLong, costOf(large, times))
  }
  return ofLong / ofShort
}

describe('ten times the text costs at most thirty times the processor time', () => {
  for (const [what, read] of Object.entries(readers)) {
    for (const [name, make] of Object.entries(texts))
      it(`${what}: ${name}`, () => {
        expect(growthOf(read, make)).to.be.at.most(MOST)
      })
  }
})
