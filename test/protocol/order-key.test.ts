import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { byAccount, byConversation, byGroup, orderKeyOf, unordered } from '../../core/protocol/order-key.ts'

function keyOf(command: string, body: object): string | undefined {
  const definition = commands.get(command)
  if (definition?.phase !== 'after') throw new Error(`${command} is no after-callback`)
  return orderKeyOf(definition.order, body as Record<string, unknown>)
}

const UNORDERED = [
  'Alert.RequestOverLimit',
  'ContentCallback.ResultNotify',
  'Group.CallbackOnDailyGroupQuotaAlarm',
  'Live.CallbackAfterCreateRoomReachingThreshold',
  'Push.AllMemberPush',
  'Push.OfflinePush',
]

describe('orderKeyOf', () => {
  it('is the same for both directions of a conversation', () => {
    const there = keyOf('C2C.CallbackAfterSendMsg', { From_Account: 'a', To_Account: 'b' })
    const back = keyOf('C2C.CallbackAfterSendMsg', { From_Account: 'b', To_Account: 'a' })
    expect(there).to.be.a('string').that.equals(back)
  })

  it('is the same across callbacks about one conversation', () => {
    const sent = keyOf('C2C.CallbackAfterSendMsg', { From_Account: 'a', To_Account: 'b' })
    expect(keyOf('C2C.CallbackAfterMsgReport', { Report_Account: 'b', Peer_Account: 'a' })).to.equal(sent)
    expect(keyOf('C2C.CallbackAfterMsgWithDraw', { From_Account: 'a', To_Account: 'b' })).to.equal(sent)
  })

  it('tells apart pairs that look alike when joined', () => {
    const order = byConversation()
    const keys = [
      orderKeyOf(order, { From_Account: 'a', To_Account: 'bc' }),
      orderKeyOf(order, { From_Account: 'ab', To_Account: 'c' }),
      orderKeyOf(order, { From_Account: 'a', To_Account: 'a' }),
    ]
    expect(new Set(keys)).to.have.property('size', 3)
  })

  it('tells a group, an account and a conversation of one name apart', () => {
    const body = { GroupId: 'x', From_Account: 'x', To_Account: 'x' }
    const keys = [byGroup(), byAccount(), byConversation()].map((order) => orderKeyOf(order, body))
    expect(new Set(keys)).to.have.property('size', 3)
  })

  it('reads paths into objects and lists', () => {
    const user = orderKeyOf(byAccount(), { From_Account: 'a' })
    expect(keyOf('State.StateChange', { Info: { To_Account: 'a' } })).to.equal(user)
    const pairs = [
      { From_Account: 'a', To_Account: 'b' },
      { From_Account: 'c', To_Account: 'd' },
    ]
    expect(keyOf('Sns.CallbackFriendAdd', { PairList: pairs })).to.equal(user)
  })

  it('is the same for an account given as an integer', () => {
    expect(orderKeyOf(byAccount(), { From_Account: 123 })).to.equal(orderKeyOf(byAccount(), { From_Account: '123' }))
  })

  it('is undefined where the body lacks what it would be known by', () => {
    expect(orderKeyOf(unordered, { GroupId: 'x' })).to.equal(undefined)
    expect(orderKeyOf(byGroup(), {})).to.equal(undefined)
    expect(orderKeyOf(byGroup(), { GroupId: null })).to.equal(undefined)
    expect(orderKeyOf(byGroup(), { GroupId: '' })).to.equal(undefined)
    expect(orderKeyOf(byConversation(), { From_Account: 'a' })).to.equal(undefined)
    expect(orderKeyOf(byConversation(), { To_Account: 'a' })).to.equal(undefined)
    expect(keyOf('Live.CallbackAfterCreateRoom', { RoomId: 'flat' })).to.equal(undefined)
    expect(keyOf('Live.CallbackAfterCreateRoom', { RoomInfo: 'text' })).to.equal(undefined)
    expect(keyOf('Sns.CallbackFriendAdd', { PairList: [] })).to.equal(undefined)
    expect(keyOf('Sns.CallbackFriendAdd', { PairList: [null] })).to.equal(undefined)
  })

  it('exists for every sample except those of callbacks without an order', () => {
    const without = [...commands.values()].filter(
      (definition) => definition.phase === 'after' && keyOf(definition.command, definition.sample) === undefined,
    )
    expect(without.map(({ command }) => command)).to.deep.equal(UNORDERED)
  })
})
