import { contentOf } from './content.ts'
import type { AnyFact, GroupFact, MessageFact, Target } from './fact.ts'
import { columnId, idOf, integerOf, isObject, listOf, millisecondsOf, secondsOf, storable } from './fields.ts'
import type { JsonObject } from './fields.ts'
import { conversationKey, digest } from './keys.ts'
import { c2cTarget, groupConversation, groupTarget, officialTarget, strayTarget } from './targets.ts'

/** The part of a handler's context from which facts are read. */
export interface Received {
  readonly command: string
  readonly body: JsonObject
  readonly raw: string
  readonly app: { readonly sdkAppId: number }
  readonly faults: readonly string[]
  readonly receivedAt: number
}

type Reader = (received: Received, app: number) => readonly AnyFact[]

/** The best report of a message; a chatbot's has a changed text; a history file may hold an edited one. */
export const RANK = { callback: 0, bot: -1, history: -2 } as const

const ALL_CLEARED = 3

const readers: Readonly<Record<string, Reader>> = {
  'C2C.CallbackAfterSendMsg': (received, app) => [sent(received, c2c(received, app), RANK.callback)],
  'Bot.OnC2CMessage': (received, app) => [sent(received, c2c(received, app), RANK.bot)],
  'Group.CallbackAfterSendMsg': (received, app) => [sent(received, group(received, app), RANK.callback)],
  'Bot.OnGroupMessage': (received, app) => [sent(received, group(received, app), RANK.bot)],
  'OfficialAccount.CallbackAfterSendMsg': (received, app) => {
    const { body, raw } = received
    const target = officialTarget(app, body, idOf(body['MsgKey']), () => digest(raw))
    return [sent(received, target, RANK.callback)]
  },
  'C2C.CallbackAfterModifyMsg': (received, app) => {
    const { body } = received
    const target = changed(c2c(received, app))
    const custom = typeof body['CloudCustomData'] === 'string' ? storable(body['CloudCustomData']) : undefined
    const content = body['MsgBody'] === undefined ? undefined : contentOf(body['MsgBody'])
    return target ? [{ type: 'edit', target, at: timeOf(received), content, custom }] : []
  },
  'C2C.CallbackAfterMsgWithDraw': (received, app) => {
    const target = changed(c2c(received, app))
    // The callback does not say who did it.
    return target ? [{ type: 'recall', target, at: timeOf(received), by: null }] : []
  },
  'Group.CallbackAfterRecallMsg': (received, app) => {
    const by = columnId(idOf(received.body['Operator_Account']))
    return listOf(received.body['MsgSeqList']).flatMap((item) => {
      const target = changed(groupTarget(app, received.body, seqOf(item), () => ''))
      return target ? [{ type: 'recall' as const, target, at: timeOf(received), by }] : []
    })
  },
  'OfficialAccount.CallbackAfterMsgWithDraw': (received, app) =>
    listOf(received.body['WithdrawMsgList']).flatMap((item) => {
      const msgKey = isObject(item) ? idOf(item['MsgKey']) : null
      const target = changed(officialTarget(app, received.body, msgKey, () => ''))
      return target ? [{ type: 'recall' as const, target, at: timeOf(received), by: target.sender }] : []
    }),
  'C2C.CallbackAfterC2CMsgExtension': (received, app) => extension(received, c2c(received, app)),
  'Group.CallbackAfterGroupMsgExtension': (received, app) =>
    extension(
      received,
      groupTarget(app, received.body, seqOf(received.body), () => ''),
    ),
  'Group.CallbackAfterReadReceipt': (received, app) =>
    listOf(received.body['GroupMsgReceiptList']).flatMap((item) => {
      const target = changed(groupTarget(app, received.body, seqOf(item), () => ''))
      const count = isObject(item) ? (integerOf(item['ReadNum']) ?? 0) : 0
      // Sending also causes a receipt, although nobody has read the message.
      return target && count > 0 ? [{ type: 'receipt' as const, target, at: timeOf(received), count }] : []
    }),
  'C2C.CallbackAfterMsgReport': ({ body }, app) => {
    const [reader, peer] = [idOf(body['Report_Account']), idOf(body['Peer_Account'])]
    const upTo = secondsOf(body['LastReadTime'])
    if (reader === null || peer === null || upTo === null) return []
    const conversation = conversationKey(app, 'c2c', reader, peer)
    return [{ type: 'read', conversation, reader: digest(columnId(reader)), upTo }]
  },
  'Group.CallbackAfterCreateGroup': (received, app) => groupChange(received, app, 'created'),
  'Group.CallbackAfterGroupDestroyed': (received, app) => groupChange(received, app, 'dissolved'),
  'Group.CallbackAfterGroupInfoChanged': (received, app) => groupChange(received, app, 'other'),
  'Group.CallbackAfterChangeGroupOwner': (received, app) => groupChange(received, app, 'other'),
}

/** The commands that the archive uses. */
export const commands: readonly string[] = Object.keys(readers)

/** What a callback says about messages. Nothing if it does not identify them. */
export function readCallback(received: Received): readonly AnyFact[] {
  return readers[received.command]?.(received, received.app.sdkAppId) ?? []
}

function c2c({ body, raw }: Received, app: number): Target | undefined {
  return c2cTarget(app, body, () => digest(raw))
}

function group({ body, raw }: Received, app: number): Target | undefined {
  return groupTarget(app, body, seqOf(body), () => digest(raw))
}

function sent(received: Received, found: Target | undefined, rank: number): MessageFact {
  const { body, raw, faults, receivedAt } = received
  const target = found ?? strayTarget(received.app.sdkAppId, raw)
  const sentAt = secondsOf(body['MsgTime'])
  const sender = target.sender ?? columnId(idOf(body['From_Account']))
  return {
    type: 'message',
    target: { ...target, sender, receiver: target.receiver ?? columnId(idOf(body['To_Account'])) },
    at: millisecondsOf(body['EventTime']) ?? (sentAt === null ? receivedAt : sentAt + 999),
    rank,
    sentAt,
    receivedAt,
    ...contentOf(body['MsgBody']),
    random: integerOf(body['MsgRandom'] ?? body['Random']),
    custom: typeof body['CloudCustomData'] === 'string' ? storable(body['CloudCustomData']) || null : null,
    sendResult: integerOf(body['SendMsgResult']),
    onlineOnly: body['OnlineOnlyFlag'] === 1,
    faults,
    raw: faults.length > 0 || found === undefined ? storable(raw) : null,
  }
}

function extension(received: Received, found: Target | undefined): readonly AnyFact[] {
  const { body } = received
  const target = changed(found)
  if (!target) return []
  const operation = integerOf(body['OperateType'])
  const values = Object.fromEntries(
    listOf(body['ExtensionList']).flatMap((entry) => {
      if (!isObject(entry) || typeof entry['Key'] !== 'string') return []
      const value = typeof entry['Value'] === 'string' && operation === 1 ? storable(entry['Value']) : null
      return [[storable(entry['Key']), value] as const]
    }),
  )
  const clears = operation === ALL_CLEARED
  return [{ type: 'extension', target, at: timeOf(received), seq: integerOf(body['Seq']) ?? 0, clears, values }]
}

/** What a group is now, and that its MsgSeq starts again. */
function groupChange(received: Received, app: number, change: GroupFact['change']): readonly AnyFact[] {
  const { body } = received
  const id = idOf(body['GroupId']) ?? idOf(body['groupID'])
  const group = columnId(id)
  if (id === null || group === null) return []
  const at = timeOf(received)
  const conversation = groupConversation(app, id)
  const known: GroupFact = {
    type: 'group',
    conversation,
    app,
    group,
    at,
    name: columnId(idOf(body['Name'])),
    kind: columnId(idOf(body['Type'])),
    owner: columnId(idOf(body['NewOwner_Account']) ?? idOf(body['Owner_Account'])),
    change,
  }
  return change === 'other' ? [known] : [known, { type: 'boundary', conversation, at }]
}

/** A change has to name its message. */
function changed(target: Target | undefined): Target | undefined {
  return target?.message.startsWith('x:') === true ? undefined : target
}

function timeOf({ body, receivedAt }: Received): number {
  return millisecondsOf(body['EventTime']) ?? receivedAt
}

function seqOf(item: unknown): number | null {
  return isObject(item) ? integerOf(item['MsgSeq']) : null
}
