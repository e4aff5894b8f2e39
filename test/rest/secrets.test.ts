import { inspect } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { createLogger } from '../../core/observe/log.ts'
import { loggableError } from '../../core/observe/loggable-error.ts'
import type { Fault } from '../fakes/tencent-rest/faults.ts'
import { bench, failureOf } from './support.ts'

const secret = fc.stringMatching(/^Zq[A-Za-z0-9"\\/+= ]{8,20}z$/)
const code = fc.constantFrom(10002, 10010, 60003, 70001, 70009, 80001, 90001, 12345)

describe('a failed REST call', () => {
  it('never tells the key, a UserSig, the URL or the text of a message, whatever Tencent quotes', async () => {
    const { fake, rest, called, paused, clock } = await bench({ secretKey: 'Zq-the-key-of-this-test' })
    const lines: string[] = []
    const log = createLogger({ destination: { write: (line: string) => void lines.push(line) } })
    const property = fc.asyncProperty(secret, code, fc.boolean(), async (text, code, isPage) => {
      clock.advance(400_000)
      const echo = (answer: Record<string, unknown>): Record<string, unknown> => {
        const { query, path, text } = fake.calls.at(-1) ?? { query: '', path: '', text: '' }
        const ErrorInfo = `${fake.secretKey} ${text} http://127.0.0.1${path}?${query.toString()}`
        return { ...answer, ErrorCode: code, ErrorInfo, RequestId: ErrorInfo }
      }
      const fault: Fault = isPage ? { answer: { status: 502, text: `<p>${text}</p>` } } : { edit: echo }
      fake.inject({ ...fault, times: 4 })
      const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } } as const]
      const message = { To_Account: 'g-0', MsgBody, CloudCustomData: `x${text}`, OfflinePushInfo: { Title: text } }
      const error = await failureOf(rest.sendMsg(message, { repeatable: false }))
      // What the call did not use up is not for the next one.
      for (let n = error.attempts; n < 4; n++) {
        clock.advance(400_000)
        await rest.call('openim', 'query_online_status', { To_Account: [] }, { attempts: 1 }).catch(() => undefined)
      }
      log.error({ error: loggableError(error) }, 'failed')
      const told = [inspect(error, { depth: 9 }), JSON.stringify([error, called, paused]), ...lines].join('\n')
      const usersig = fake.calls.at(-1)?.query.get('usersig') ?? ''
      for (const hidden of [text, JSON.stringify(text).slice(1, -1), fake.secretKey, usersig, usersig.slice(0, 60)]) {
        expect(told).not.to.include(hidden)
      }
      expect(told).not.to.include('usersig=e')
      lines.length = 0
      called.length = 0
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('says what can be said: who, which call, which code and why', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { code: 10010, info: 'group @TGS#g of Zq-hello does not exist' } })
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'Zq-hello' } } as const]
    const error = await failureOf(rest.sendGroupMsg({ GroupId: '@TGS#g', MsgBody }))
    expect(error.message).to.equal(
      'group_open_http_svc/send_group_msg: refused with code 10010 (group @TGS#g of … does not exist)',
    )
  })

  it('has a way out where there is one', async () => {
    const { rest } = await bench({}, { secretKey: 'another-key' })
    const error = await failureOf(rest.call('openim', 'query_online_status', {}))
    expect(error).to.include({ errorCode: 70009 })
    expect(error.hint).to.include('`secretKey` must be the key of this app')
  })

  it('describes a connection error only by its code', async () => {
    const { fake, rest } = await bench()
    await fake.close()
    const error = await failureOf(rest.call('openim', 'query_online_status', {}, { attempts: 1 }))
    expect(error.message).to.equal('openim/query_online_status: the connection failed (ECONNREFUSED)')
    expect(error.cause).to.equal(undefined)
  })
})
