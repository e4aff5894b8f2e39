import type { AfterContext, CallbackOf } from 'timhook/plugin'

const MAX_RAW = 2048
/** Times of ten digits are seconds: as milliseconds they would be in 1970. */
const TEN_DIGITS = 10 ** 10
/** The callback is not older than this, so an earlier time is invalid. */
const EARLIEST_MS = Date.UTC(2010)

/** One report of a full group. */
export interface FullGroup {
  /** The callback's id. */
  id: string
  app: number
  group: string
  topic?: string
  /** Milliseconds since 1970; the time of receipt if the body has no valid time. */
  eventTime: number
  /** How the body gave the time: bodies before 2023 have none, and later ones differ. `wrong` is an invalid time. */
  eventTimeGiven: 'number' | 'string' | 'absent' | 'wrong'
  /** As the body has it. */
  eventTimeRaw?: number | string
  clientIp?: string
  platform?: string
  signed: boolean
  /** Milliseconds since 1970. */
  receivedAt: number
  /** Whether it may be a duplicate, which a body without a time leaves open. */
  maybeResend: boolean
  /** The body, cut after 2048 characters. */
  raw: string
}

/** The outcome of a report: it begins a job, joins a job that waits or runs, or is only recorded. */
export type Fate = 'queued' | 'joined' | 'cooldown' | 'duplicate' | 'recorded'

/** A report as it is stored, under the kind `full`. */
export type RecordedFull = FullGroup & {
  fate: Fate
  /** The id of the callback that this one duplicates. */
  duplicateOf?: string
}

export type FullContext = AfterContext<string, CallbackOf<'Group.CallbackAfterGroupFull'>, unknown, unknown>

export function fullGroup(context: Omit<FullContext, 'state' | 'options'>): FullGroup {
  const { id, app, body, query, raw, signed, receivedAt, maybeResend } = context
  const given = (JSON.parse(raw) as { EventTime?: unknown }).EventTime
  const eventTime = millisecondsOf(body.EventTime)
  const isGiven = typeof given === 'number' || typeof given === 'string'
  return {
    id,
    app: app.sdkAppId,
    group: body.GroupId,
    ...(body.TopicId !== undefined && { topic: body.TopicId }),
    eventTime: eventTime ?? receivedAt,
    eventTimeGiven: isGiven && eventTime === undefined ? 'wrong' : kindOf(given),
    ...(isGiven && { eventTimeRaw: given }),
    ...(query.ClientIP && { clientIp: query.ClientIP }),
    ...(query.OptPlatform && { platform: query.OptPlatform }),
    signed,
    receivedAt,
    maybeResend,
    raw: raw.slice(0, MAX_RAW),
  }
}

/** Converts the time of the body to milliseconds since 1970. Returns undefined if it is invalid. */
function millisecondsOf(eventTime: number | undefined): number | undefined {
  if (typeof eventTime !== 'number') return undefined
  const isSeconds = eventTime >= TEN_DIGITS / 10 && eventTime < TEN_DIGITS
  const ms = isSeconds ? eventTime * 1000 : eventTime
  return ms >= EARLIEST_MS ? ms : undefined
}

function kindOf(given: unknown): FullGroup['eventTimeGiven'] {
  return typeof given === 'number' ? 'number' : typeof given === 'string' ? 'string' : 'absent'
}
