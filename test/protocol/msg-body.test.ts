import { expect } from 'chai'
import { Compile } from '#typebox/schema'
import { elements, MsgBody } from '../../core/protocol/msg-body.ts'
import type { Node } from './walk.ts'

// Fields by MsgType as the message-format page lists them (intl 33527), its spelling variants included.
const documented: Readonly<Record<string, string>> = {
  TIMTextElem: 'Text',
  TIMLocationElem: 'Desc Latitude Longitude',
  TIMFaceElem: 'Index Data',
  TIMCustomElem: 'Data Desc Ext Sound',
  TIMSoundElem: 'Url URL UUID Size Second Download_Flag',
  TIMImageElem: 'UUID ImageFormat ImageInfoArray',
  TIMFileElem: 'Url URL UUID FileSize FileName fileName Download_Flag',
  TIMVideoFileElem:
    'VideoUrl VideoUUID VideoSize VideoSecond VideoFormat VideoDownloadFlag ' +
    'ThumbUrl ThumbUUID ThumbSize ThumbWidth ThumbHeight ThumbFormat ThumbDownloadFlag',
  TIMStreamElem: 'Chunks CompatibleText StreamMsgID',
  TIMRelayElem: 'Title MsgNum CompatibleText AbstractList MsgList JsonMsgKey',
}

function contentOf(msgType: string): Node {
  return elements.get(msgType) ?? {}
}

describe('the elements of a message', () => {
  it('are all those that are documented, with their fields', () => {
    expect([...elements.keys()]).to.have.members(Object.keys(documented))
    for (const [msgType, fields] of Object.entries(documented)) {
      expect(Object.keys(contentOf(msgType).properties ?? {}), msgType).to.have.members(fields.split(' '))
    }
  })

  it('may lack any field, as those of old clients do', () => {
    for (const [msgType, content] of elements) expect(Compile(content).Check({}), msgType).to.equal(true)
  })

  it('have integers as digit strings too', () => {
    const image = { ImageFormat: '1', ImageInfoArray: [{ Type: '1', Size: '1853095', Width: 2448, URL: 'https://a' }] }
    expect(Compile(contentOf('TIMImageElem') as object).Check(image)).to.equal(true)
    expect(Compile(contentOf('TIMImageElem') as object).Check({ ImageFormat: 'JPG' })).to.equal(false)
    expect(Compile(contentOf('TIMLocationElem') as object).Check({ Latitude: '29.340656774469956' })).to.equal(true)
  })

  it('mark the messages that a forwarded message holds', () => {
    const inner = contentOf('TIMRelayElem').properties?.['MsgList']?.items?.properties ?? {}
    expect(Object.keys(inner)).to.have.members(
      'From_Account To_Account GroupId MsgSeq MsgRandom MsgTimeStamp MsgBody CloudCustomData'.split(' '),
    )
    expect(inner['MsgBody']?.wire).to.equal('msg-body')
  })
})

describe('a message', () => {
  const message = Compile(MsgBody)

  it('is a list of elements, of unknown types too, and may be empty', () => {
    expect(message.Check([{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }])).to.equal(true)
    expect(message.Check([{ MsgType: 'TIMNewElem', MsgContent: { New: { deep: [1] } }, More: true }])).to.equal(true)
    expect(message.Check([])).to.equal(true)
  })

  it('is not null, and no element lacks its type or its content', () => {
    expect(message.Check(null)).to.equal(false)
    expect(message.Check([null])).to.equal(false)
    expect(message.Check([{ MsgContent: {} }])).to.equal(false)
    expect(message.Check([{ MsgType: 'TIMTextElem' }])).to.equal(false)
    expect(message.Check([{ MsgType: 'TIMTextElem', MsgContent: 'hello' }])).to.equal(false)
  })
})
