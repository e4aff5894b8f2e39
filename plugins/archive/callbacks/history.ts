import type { AnyFact } from './fact.ts'
import { integerOf, type JsonObject } from './fields.ts'
import { RANK, readCallback } from './read-callback.ts'
import { groupTarget } from './targets.ts'

/** What IsPlaceMsg says of a message: it has expired or was deleted, or was recalled (intl 34971). */
const GONE = 1
const RECALLED = 2

/** The contents of a message in Tencent's history. Never replaces those of a callback. */
export function historyFacts(
  app: number,
  chat: 'c2c' | 'group',
  message: JsonObject,
  receivedAt: number,
): readonly AnyFact[] {
  const command = chat === 'c2c' ? 'C2C.CallbackAfterSendMsg' : 'Group.CallbackAfterSendMsg'
  const body: JsonObject = {
    ...message,
    // Both spellings are documented.
    MsgTime: message['MsgTimestamp'] ?? message['MsgTimeStamp'] ?? message['MsgTime'],
  }
  const place = integerOf(message['IsPlaceMsg']) ?? 0
  const hasBody = Array.isArray(message['MsgBody']) && message['MsgBody'].length > 0
  if (chat === 'group' && (place === GONE || (place !== RECALLED && !hasBody))) return absent(app, body, receivedAt)
  const raw = JSON.stringify(message)
  const facts = readCallback({ command, body, raw, app: { sdkAppId: app }, faults: [], receivedAt })
  return facts.flatMap((fact): readonly AnyFact[] => {
    if (fact.type !== 'message') return [fact]
    const known = { ...fact, rank: RANK.history }
    if (place !== RECALLED) return [known]
    // It does not say when or by whom it was recalled.
    return [known, { type: 'recall', target: fact.target, at: Math.max(fact.at, receivedAt), by: null }]
  })
}

/** There is no message with this MsgSeq, and there is no need to ask again. */
function absent(app: number, body: JsonObject, receivedAt: number): readonly AnyFact[] {
  const seq = integerOf(body['MsgSeq'])
  const target = seq === null ? undefined : groupTarget(app, body, seq, () => '')
  const seconds = integerOf(body['MsgTime'])
  return target ? [{ type: 'absent', target, at: seconds ? seconds * 1000 + 999 : receivedAt }] : []
}
