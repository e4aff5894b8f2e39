import type { AfterContext, CallbackOf } from 'timhook/plugin'

const MAX_RAW = 2048

/** One report of a full group. */
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
  /** As the body has it. */
  eventTimeRaw?: number | string
  clientIp?: string
  platform?: string
  signed: boolean
  /** Milliseconds since 1970. */
  receivedAt: number
  /** It may be the same report again: a body without a time does not tell. */
  maybeResend: boolean
  /** The body, cut after 2048 characters. */
  raw: string
}

/** What became of a report: the beginning of a job, one more of a job that waits or runs, or nothing further. */
export type Fate = 'queued' | 'joined' | 'cooldown' | 'duplicate' | 'recorded'

/** A report as it is kept, under the kind `full`. */
export type RecordedFull = FullGroup & {
  fate: Fate
  /** The id of the callback that was the same. */
  duplicateOf?: string
}

export type FullContext = AfterContext<string, CallbackOf<'Group.CallbackAfterGroupFull'>, unknown, unknown>

export function fullGroup(context: Omit<FullContext, 'state' | 'options'>): FullGroup {
  const { id, app, body, query, raw, signed, receivedAt, maybeResend } = context
  const given = (JSON.parse(raw) as { EventTime?: unknown }).EventTime
  const isGiven = typeof given === 'number' || typeof given === 'string'
  return {
    id,
    app: app.sdkAppId,
    group: body.GroupId,
    ...(body.TopicId !== undefined && { topic: body.TopicId }),
    eventTime: body.EventTime ?? receivedAt,
    eventTimeGiven: typeof given === 'number' ? 'number' : typeof given === 'string' ? 'string' : 'absent',
    ...(isGiven && { eventTimeRaw: given }),
    ...(query.ClientIP && { clientIp: query.ClientIP }),
    ...(query.OptPlatform && { platform: query.OptPlatform }),
    signed,
    receivedAt,
    maybeResend,
    raw: raw.slice(0, MAX_RAW),
  }
}
