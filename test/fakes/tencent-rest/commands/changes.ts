import type { Group } from '../groups.ts'
import { groupOf, isBody, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import type { C2cMessage, World } from '../world.ts'
import { checkMsgBody } from './messages.ts'

/** No such message. */
const GONE = 20022
/** The same, of one message of a group. */
const NOT_RECALLED = 10030
const RECENT = 1000

export function recallC2cMsg(world: World, body: Body): Body {
  const message = c2cMessage(world, body)
  // Once more succeeds too.
  if (message.recalled === true) return {}
  message.recalled = true
  const { from, to, key } = message
  const EventTime = world.now()
  world.callback('C2C.CallbackAfterMsgWithDraw', { From_Account: from, To_Account: to, MsgKey: key, EventTime })
  return {}
}

export function recallGroupMsg(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  const list = body['MsgSeqList']
  if (!Array.isArray(list) || list.length === 0 || list.length > 10) refuse(10004)
  const RecallRetList = list.map((one: unknown) => {
    const MsgSeq = isBody(one) ? one['MsgSeq'] : refuse(10004)
    const message = group.messages.find(({ seq }) => seq === MsgSeq)
    if (!message) return { MsgSeq, RetCode: NOT_RECALLED }
    message.recalled = true
    return { MsgSeq, RetCode: 0 }
  })
  const recalled = RecallRetList.filter(({ RetCode }) => RetCode === 0)
  if (recalled.length > 0) {
    world.callback('Group.CallbackAfterRecallMsg', {
      Operator_Account: [...world.administrators][0],
      Type: group.type,
      GroupId: group.id,
      MsgSeqList: recalled.map(({ MsgSeq }) => ({ MsgSeq })),
      EventTime: world.now(),
    })
  }
  return { RecallRetList }
}

export function modifyC2cMsg(world: World, body: Body): Body {
  const message = c2cMessage(world, body)
  change(message, body)
  return {}
}

export function modifyGroupMsg(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  if (group.type === 'AVChatRoom') refuse(10007)
  const message = group.messages.find(({ seq }) => seq === body['MsgSeq'])
  change(message ?? refuse(10004), body)
  return {}
}

/** Silent: no callback, and nothing in an AVChatRoom, without an error (intl 34970). */
export function deleteGroupMsgBySender(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  const sender = body['Sender_Account']
  if (typeof sender !== 'string') refuse(10004)
  if (group.type === 'AVChatRoom') return {}
  for (const message of recent(group)) if (message.from === sender) message.recalled = true
  return {}
}

function recent(group: Group): Group['messages'] {
  return group.messages.filter(({ seq }) => seq >= group.nextMsgSeq - RECENT)
}

function c2cMessage(world: World, body: Body): C2cMessage {
  const { From_Account: from, To_Account: to, MsgKey: key } = body
  const found = world.sent.find((message) => message.key === key && message.from === from && message.to === to)
  return found ?? refuse(GONE)
}

function change(message: { body: unknown }, body: Body): void {
  if (body['MsgBody'] === undefined && body['CloudCustomData'] === undefined) refuse(10004)
  if (body['MsgBody'] === undefined) return
  checkMsgBody(body['MsgBody'], 10004)
  message.body = body['MsgBody']
}
