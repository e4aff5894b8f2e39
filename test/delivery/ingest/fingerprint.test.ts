import { expect } from 'chai'
import { fingerprintOf, identifiesEvent } from '../../../core/delivery/ingest/fingerprint.ts'
import { type JsonObject, parseJson } from '../../../core/lib/json.ts'

const of = (raw: string, sdkAppId = 1, command = 'A.B'): string =>
  fingerprintOf({ sdkAppId, command, raw, body: parseJson(raw) as JsonObject })

describe('the identity of a callback', () => {
  it('is that of app, command and body, in any order of keys and with any spaces', () => {
    expect(of('{"a":{"b":1,"c":[1,2]},"d":""}')).to.equal(of('{ "d": "", "a": {"c":[1, 2], "b":1} }'))
    expect(of('{}', 1)).not.to.equal(of('{}', 2))
    expect(of('{}', 1, 'A.B')).not.to.equal(of('{}', 1, 'A.C'))
    for (const other of ['{"a":[2,1]}', '{"a":[1]}', '{"a":"1,2"}', '{"a":[1,"2"]}', '{"b":[1,2]}']) {
      expect(of('{"a":[1,2]}'), other).not.to.equal(of(other))
    }
  })

  it('is not that of another number, however close, and is that of the same in another form', () => {
    const numbers = ['0', '1', '-1', '1.4', '1.5', '2', '1e-7', '9007199254740991', '1e21', '1.1e21', '1e300']
    expect(new Set(numbers.map((number) => of(`{"a":${number}}`))).size).to.equal(numbers.length)
    expect(of('{"a":100}')).to.equal(of('{"a":1e2}'))
    expect(of('{"a":1}')).not.to.equal(of('{"a":"1"}'))
  })

  it('is that of the text, where a body is nested so deep that none is', () => {
    const nested = (spaces: string): string => `${'{"a":'.repeat(200)}1${spaces}${'}'.repeat(200)}`
    expect(of(nested(''))).to.equal(of(nested('')))
    expect(of(nested(''))).not.to.equal(of(nested(' ')))
  })

  it('identifies an event by any of its times, keys and numbers', () => {
    for (const field of ['EventTime', 'MsgSeq', 'MsgTime'])
      for (const value of [0, 7, '7', '-7', 1e21]) expect(identifiesEvent({ [field]: value })).to.equal(true)
    expect(identifiesEvent({ MsgKey: '1_2_3' })).to.equal(true)
    expect(identifiesEvent({ GroupId: 'a' })).to.equal(false)
  })

  it('identifies no event by anything else', () => {
    for (const field of ['EventTime', 'MsgSeq', 'MsgTime', 'MsgKey'])
      for (const value of [null, '', true, [], {}, [7]])
        expect(identifiesEvent({ [field]: value }), field).to.equal(false)
    expect(identifiesEvent({ EventTime: 'soon', MsgSeq: '1.5', MsgTime: ' 7', MsgKey: 7 })).to.equal(false)
  })
})
