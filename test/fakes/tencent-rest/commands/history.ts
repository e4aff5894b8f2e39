import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { groupOf, integerOf, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import type { World } from '../world.ts'

const FILES = '/msg_history/'
const MAX_MESSAGES = 20

/** Where the files of an hour are; none where nothing was sent (intl 34885). */
export function getHistory(world: World, body: Body): Body {
  const { ChatType, MsgTime } = body
  if ((ChatType !== 'C2C' && ChatType !== 'Group') || typeof MsgTime !== 'string') refuse(60003)
  if (!/^\d{10}$/.test(MsgTime)) refuse(60003)
  const key = `${ChatType} ${MsgTime}`
  const plain = fileOf(world, key)
  if (!plain) return { File: [] }
  const zipped = gzipSync(plain)
  const file = {
    URL: `${world.url}${FILES}${encodeURIComponent(key)}.gz`,
    ExpireTime: '2099-12-31 23:59:59',
    FileSize: plain.length,
    FileMD5: md5(plain),
    GzipSize: zipped.length,
    GzipMD5: md5(zipped),
  }
  return { File: [file] }
}

/** The gzipped file that a URL names, or undefined. */
export function historyFile(world: World, url: string): Buffer | undefined {
  if (!url.startsWith(FILES)) return undefined
  const plain = fileOf(world, decodeURIComponent(url.slice(FILES.length)).replace(/\.gz$/, ''))
  return plain && gzipSync(plain)
}

function fileOf(world: World, key: string): Buffer | undefined {
  const MsgList = world.history.get(key)
  return MsgList && Buffer.from(JSON.stringify({ ChatType: key.split(' ')[0], MsgList }))
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}

/**
 * A page of a one-to-one conversation: the latest messages of a time, oldest first (intl 35478). `LastMsgKey` is the one that
 * the page before began with.
 */
export function adminGetRoamMsg(world: World, body: Body): Body {
  const { Operator_Account: one, Peer_Account: other, LastMsgKey: last } = body
  if (typeof one !== 'string' || typeof other !== 'string') refuse(90003)
  const [from, to] = [integerOf(body['MinTime'], 0), integerOf(body['MaxTime'], 0)]
  const timeOf = ({ key }: { key: string }): number => Number(key.split('_')[2])
  const known = world.sent.filter(
    (message) => [message.from, message.to].toSorted().join() === [one, other].toSorted().join(),
  )
  const end = known.findIndex(({ key }) => key === last)
  const fitting = (end < 0 ? known : known.slice(0, end)).filter(
    (message) => timeOf(message) >= from && timeOf(message) <= to,
  )
  const page = fitting.slice(-Math.max(1, integerOf(body['MaxCnt'], 1)))
  const [first] = page
  return {
    Complete: page.length === fitting.length ? 1 : 0,
    MsgCnt: page.length,
    ...(first && { LastMsgTime: timeOf(first), LastMsgKey: first.key }),
    MsgList: page.map((message) => ({
      From_Account: message.from,
      To_Account: message.to,
      MsgSeq: Number(message.key.split('_')[0]),
      MsgRandom: message.random,
      MsgTimeStamp: timeOf(message),
      MsgFlagBits: message.recalled === true ? 8 : 0,
      IsPeerRead: 0,
      MsgKey: message.key,
      MsgBody: message.body,
    })),
  }
}

/** The messages of a group up to a number, the highest first (intl 34971). */
export function groupMsgGetSimple(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  if (group.type === 'AVChatRoom') refuse(10007)
  const count = Math.min(integerOf(body['ReqMsgNumber'], 0), MAX_MESSAGES)
  const highest = integerOf(body['ReqMsgSeq'], group.nextMsgSeq - 1)
  const kept = new Map(group.messages.map((message) => [message.seq, message]))
  const list: Body[] = []
  for (let seq = highest; seq > 0 && list.length < count; seq--) {
    const message = kept.get(seq)
    if (!message) {
      // A notice, or a message that has expired.
      list.push({ MsgSeq: seq, IsPlaceMsg: 1, From_Account: '', MsgBody: [], MsgTimeStamp: 0 })
      continue
    }
    const { from, body: MsgBody, random, at, recalled } = message
    if (recalled === true) {
      list.push({ MsgSeq: seq, IsPlaceMsg: 2, From_Account: from, MsgBody: [], MsgTimeStamp: at })
      continue
    }
    list.push({
      From_Account: from,
      IsPlaceMsg: 0,
      MsgBody,
      MsgPriority: 1,
      MsgRandom: random,
      MsgSeq: seq,
      MsgTimeStamp: at,
    })
  }
  return { GroupId: group.id, IsFinished: 1, RspMsgList: list }
}
