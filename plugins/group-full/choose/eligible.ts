import type { GroupMember } from 'timhook/plugin'

const DAY = 86_400

/** Why a member is left alone, in the order in which the rules are asked. */
export type Rule =
  /** No account that can be named in a call. */
  | 'unreadable'
  /** Not plainly a member: owner, admin, or a role nobody knows. */
  | 'role'
  | 'owner'
  /** The administrator as whom the REST API is called. */
  | 'administrator'
  /** By account, pattern, or data of the member. */
  | 'protected'
  /** Joined too lately, or nobody knows when. */
  | 'newcomer'
  /** Nobody knows when the last message was. */
  | 'activity-unknown'
  | 'active'
  /** Online, or nobody knows. */
  | 'online'
  /** Reads along, or nobody knows. */
  | 'reader'
  /** Was removed lately, and is back. */
  | 'readmitted'

/** What the rules go by, for one group. Times are seconds since 1970. */
export interface Facts {
  readonly now: number
  readonly owner: string
  readonly administrators: ReadonlySet<string>
  readonly isProtected: (account: string) => boolean
  readonly protectedByData: readonly string[]
  readonly minMembershipDays: number
  readonly minInactivityDays: number
  /** Whether the group tells of messages at all. */
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
 * The member as a candidate, or the rule that is against it. A field that is missing or cannot be read counts against
 * removal.
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

/** A list that is missing tells nothing, and so protects. */
function isProtectedByData({ AppMemberDefinedData: data }: GroupMember, keys: readonly string[]): boolean {
  if (keys.length === 0) return false
  if (!Array.isArray(data)) return true
  return data.some(({ Key, Value }) => keys.includes(Key) && Value !== '')
}

/** `MsgSeq` is the last message read, and `NextMsgSeq` the one to come (intl 34948, 34961). */
function isReader({ MsgSeq: read }: GroupMember, most: number, next: number | undefined): boolean {
  return !isTime(read) || !isTime(next) || next - 1 - read <= most
}
