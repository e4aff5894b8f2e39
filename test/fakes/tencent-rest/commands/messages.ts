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
  world.sent.push({ to, body: body['MsgBody'], random })
  return { MsgTime: seconds(world), MsgKey: `${world.sent.length}_${random}_${seconds(world)}` }
}

function checkMsgBody(body: unknown, code: number): void {
  if (!Array.isArray(body) || body.length === 0) refuse(code)
  if (Buffer.byteLength(JSON.stringify(body)) > 12 * 1024) refuse(80002)
}
