import { groupOf, uint32Of, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import { isKnown, seconds, type World } from '../world.ts'

const SAME_MESSAGE_SECONDS = 300

export function sendGroupMsg(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  const random = uint32Of(body['Random'], 10004)
  checkMsgBody(body['MsgBody'], 10004)
  const at = seconds(world)
  const text = JSON.stringify(body['MsgBody'])
  const same = group.messages.find(
    (one) => one.random === random && JSON.stringify(one.body) === text && at - one.at < SAME_MESSAGE_SECONDS,
  )
  if (same) return { MsgTime: same.at, MsgSeq: same.seq }
  const from = typeof body['From_Account'] === 'string' ? body['From_Account'] : [...world.administrators].join()
  const seq = group.nextMsgSeq++
  group.messages.push({ from, body: body['MsgBody'], random, at, seq })
  const member = group.members.get(from)
  if (member) member.lastSendMsgTime = at
  return { MsgTime: at, MsgSeq: seq }
}

export function sendMsg(world: World, body: Body): Body {
  const to = body['To_Account']
  if (typeof to !== 'string') refuse(90003)
  const random = uint32Of(body['MsgRandom'], 90005)
  checkMsgBody(body['MsgBody'], 90007)
  if (!isKnown(world, to)) refuse(70107)
  const from = typeof body['From_Account'] === 'string' ? body['From_Account'] : [...world.administrators].join()
  const key = `${world.sent.length + 1}_${random}_${seconds(world)}`
  world.sent.push({ key, from, to, body: body['MsgBody'], random })
  return { MsgTime: seconds(world), MsgKey: key }
}

/** A part of a chatbot's answer: the first makes the message, the others name it by its key (intl 71131). */
export function sendStreamMsg(world: World, body: Body): Body {
  const { From_Account: from, To_Account: to, Chunk: chunk, MsgKey: given, Finish: finish } = body
  if (typeof from !== 'string' || typeof to !== 'string' || typeof chunk !== 'string') refuse(10004)
  if (!from.startsWith('@RBT#') || !isKnown(world, to)) refuse(10004)
  if (given === undefined) {
    const key = `${world.sent.length + 1}_0_${seconds(world)}`
    world.sent.push({ key, from, to, body: chunk, random: 0, open: finish !== 1 })
    return { MsgKey: key }
  }
  const message = world.sent.find((one) => one.key === given && one.from === from && one.to === to)
  if (message?.open !== true) refuse(10004)
  message.body = `${String(message.body)}${chunk}`
  message.open = finish !== 1
  return { MsgKey: message.key }
}

export function checkMsgBody(body: unknown, code: number): void {
  if (!Array.isArray(body) || body.length === 0) refuse(code)
  if (Buffer.byteLength(JSON.stringify(body)) > 12 * 1024) refuse(80002)
}
