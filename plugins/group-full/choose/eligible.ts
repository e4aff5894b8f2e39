import type { GroupMember } from 'timhook/plugin'

const DAY = 86_400

/** The rules that protect a member, in the order in which they are checked. */
export type Rule =
  /** The account cannot be named in a call. */
  | 'unreadable'
  /** Not an ordinary member: owner, admin, or an unknown role. */
  | 'role'
  | 'owner'
  /** The administrator as whom the REST API is called. */
  | 'administrator'
  /** By account, pattern, or data of the member. */
  | 'protected'
  /** Joined too recently, or at an unknown time. */
  | 'newcomer'
  /** The time of the last message is unknown. */
  | 'activity-unknown'
  | 'active'
  /** Online, or unknown. */
  | 'online'
  /** Reads messages, or unknown. */
  | 'reader'
  /** Was removed recently, and has rejoined. */
  | 'readmitted'

/** The facts that the rules need about one group. Times are seconds since 1970. */
export interface Facts {
  readonly now: number
  readonly owner: string
  readonly administrators: ReadonlySet<string>
  readonly isProtected: (account: string) => boolean
  readonly protectedByData: readonly string[]
  readonly minMembershipDays: number
  readonly minInactivityDays: number
  /** Whether members of the group have times of messages at all. */
  readonly knowsActivity: boolean
  readonly skipOnline: boolean
  readonly respectReaders: number | undefined
  readonly nextMsgSeq: number | undefined
  readonly wasReadmitted: (account: string, joinTime: number) => boolean
}

/** A member who may be removed. Times are seconds since 1970. */
export interface Candidate {
  readonly account: string
  readonly role: 'Member'
  readonly joinTime: number
  /** 0: never. */
  readonly lastSendMsgTime: number
}

/**
 * Returns the member as a candidate, or the rule that protects it. A field that is missing or cannot be read protects a
 * member.
 */
export function judge(member: GroupMember, facts: Facts): Candidate | Rule {
  const { Member_Account: account, Role: role, JoinTime: joinTime, LastSendMsgTime: sent } = member
  if (typeof account !== 'string' || account === '') return 'unreadable'
  if (role !== 'Member') return 'role'
  if (account === facts.owner) return 'owner'
  if (facts.administrators.has(account)) return 'administrator'
  if (facts.isProtected(account) || isProtectedByData(member, facts.protectedByData)) return 'protected'
  if (!isTime(joinTime) || joinTime === 0 || joinTime > facts.now - facts.minMembershipDays * DAY) return 'newcomer'
  if (joinTime >= facts.now) return 'newcomer'
  if (!facts.knowsActivity || !isTime(sent) || sent > facts.now) return 'activity-unknown'
  if (Math.max(sent, joinTime) > facts.now - facts.minInactivityDays * DAY) return 'active'
  if (facts.skipOnline && member.OnlineStatus === 'Online') return 'online'
  if (facts.respectReaders !== undefined && isReader(member, facts.respectReaders, facts.nextMsgSeq)) return 'reader'
  if (facts.wasReadmitted(account, joinTime)) return 'readmitted'
  return { account, role, joinTime, lastSendMsgTime: sent }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** A missing list is unknown, and so protects. */
function isProtectedByData({ AppMemberDefinedData: data }: GroupMember, keys: readonly string[]): boolean {
  if (keys.length === 0) return false
  if (!Array.isArray(data)) return true
  return data.some(({ Key, Value }) => keys.includes(Key) && Value !== '')
}

/** `MsgSeq` is the last message read, and `NextMsgSeq` the one to come (intl 34948, 34961). */
function isReader({ MsgSeq: read }: GroupMember, most: number, next: number | undefined): boolean {
  return !isTime(read) || !isTime(next) || next - 1 - read <= most
}
