import type { JsonObject } from '../lib/json.ts'

/**
 * The n-th body made from a sample of the table. Its times are those of `nowMs`, and no two count as the same callback.
 * @param nowMs milliseconds since 1970
 */
export function sampleAt(sample: object, n: number, nowMs: number): JsonObject {
  const body = structuredClone(sample) as JsonObject
  if ('EventTime' in body) body['EventTime'] = nowMs + n
  if ('MsgTime' in body) body['MsgTime'] = Math.floor(nowMs / 1000)
  if (typeof body['MsgSeq'] === 'number') body['MsgSeq'] = body['MsgSeq'] + n
  return body
}
