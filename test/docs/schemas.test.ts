import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { documentedFields, withField, wrongValue } from '../harness/documented.ts'
import { compiledSchemas } from './schemas.ts'

const text = (MsgBody: unknown): object => ({ MsgBody })
const relay = (inner: unknown): object => ({
  MsgType: 'TIMRelayElem',
  MsgContent: { MsgList: [{ MsgBody: [inner] }] },
})
const good = { MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }
const bad = { MsgType: 'TIMTextElem', MsgContent: { Text: 5 } }

describe('the JSON Schemas', () => {
  const schemas = compiledSchemas()
  const fits = (id: string, value: unknown): boolean => Boolean(schemas.get(id)?.(value))

  for (const [command, definition] of commands) {
    it(`${command}: takes the sample`, () => {
      expect(
        fits(`${command}.json`, definition.sample),
        JSON.stringify(schemas.get(`${command}.json`)?.errors),
      ).to.equal(true)
    })

    it(`${command}: refuses a wrong type in any documented field`, () => {
      for (const { path, keys, node } of documentedFields(definition)) {
        const body = withField(definition.sample, keys, wrongValue(node))
        expect(fits(`${command}.json`, body), path).to.equal(false)
      }
    })
  }

  it('take digit strings for integers, integers for accounts, and keys that they do not describe', () => {
    const body = { GroupId: '@TGS#1', From_Account: 144115, EventTime: '1670574414123', New: [1], MsgBody: [good] }
    expect(fits('Group.CallbackAfterSendMsg.json', body)).to.equal(true)
    expect(fits('Group.CallbackAfterSendMsg.json', { ...body, EventTime: 'soon' })).to.equal(false)
  })

  it('look into the elements of messages, forwarded ones too, and let other types pass', () => {
    const command = 'Group.CallbackBeforeSendMsg.json'
    const other = { MsgType: 'TIMNewElem', MsgContent: { Text: 5 } }
    for (const element of [good, other, relay(good), relay(relay(good)), relay(other)])
      expect(fits(command, text([good, element])), JSON.stringify(element)).to.equal(true)
    for (const element of [bad, relay(bad), relay(relay(bad)), { MsgType: 'TIMTextElem' }, 5])
      expect(fits(command, text([good, element])), JSON.stringify(element)).to.equal(false)
  })

  it('describe the answers: codes in their ranges, fields of the callback and no others', () => {
    const answer = (ErrorCode: number, more: object = {}): object => ({
      ActionStatus: 'OK',
      ErrorInfo: '',
      ErrorCode,
      ...more,
    })
    const message = 'Group.CallbackBeforeSendMsg.answer.json'
    for (const code of [0, 1, 2, 10100, 10200]) expect(fits(message, answer(code)), `${code}`).to.equal(true)
    for (const code of [-1, 3, 10099, 10201, 120001]) expect(fits(message, answer(code)), `${code}`).to.equal(false)
    expect(fits(message, answer(0, { MsgBody: [good] }))).to.equal(true)
    expect(fits(message, answer(0, { MsgBody: [bad] }))).to.equal(false)
    expect(fits(message, answer(0, { RefusedMembers_Account: ['jared'] }))).to.equal(false)
    const friends = 'Sns.CallbackPrevFriendAdd.answer.json'
    const ResultItem = [{ To_Account: 'jonh', ResultCode: 38000, ResultInfo: 'no' }]
    expect(fits(friends, answer(0, { ResultItem }))).to.equal(true)
    expect(fits(friends, answer(38000, { ResultItem }))).to.equal(false)
  })
})
