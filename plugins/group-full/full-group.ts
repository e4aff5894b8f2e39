import type { AfterContext, CallbackOf } from 'timhook/plugin'

/** One report of a full group, as it is recorded. */
export interface FullGroup {
  /** The callback's id. */
  id: string
  app: number
  group: string
  topic?: string
  /** Milliseconds since 1970; of the receipt where the body names no time. */
  eventTime: number
  /** How the body gave the time: bodies before 2023 have none, and later ones differ. */
  eventTimeGiven: 'number' | 'string' | 'absent'
  clientIp?: string
  platform?: string
  signed: boolean
  /** Milliseconds since 1970. */
  receivedAt: number
  /** It may be the same report again: a body without a time does not tell. */
  maybeResend: boolean
}

type Context = AfterContext<string, CallbackOf<'Group.CallbackAfterGroupFull'>, unknown, unknown>

export function fullGroup({ id, app, body, query, raw, signed, receivedAt, maybeResend }: Context): FullGroup {
  const given = typeof (JSON.parse(raw) as { EventTime?: unknown }).EventTime
  return {
    id,
    app: app.sdkAppId,
    group: body.GroupId,
    ...(body.TopicId !== undefined && { topic: body.TopicId }),
    eventTime: body.EventTime ?? receivedAt,
    eventTimeGiven: given === 'number' || given === 'string' ? given : 'absent',
    ...(query.ClientIP && { clientIp: query.ClientIP }),
    ...(query.OptPlatform && { platform: query.OptPlatform }),
    signed,
    receivedAt,
    maybeResend,
  }
}
