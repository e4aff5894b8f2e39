/** Types under their old names, as the REST API uses them. */
export type GroupType = 'Private' | 'Public' | 'ChatRoom' | 'Community' | 'AVChatRoom'

/** Times are seconds since 1970. */
export interface Member {
  account: string
  role: 'Owner' | 'Admin' | 'Member'
  joinTime: number
  /** 0: never; undefined: not told. */
  lastSendMsgTime: number | undefined
  msgSeq: number
  muteUntil: number
  online: boolean
  /** Of the app's own, by key; asked for, a key that is not there comes with an empty value. */
  data?: Record<string, string>
}

export interface Group {
  id: string
  type: GroupType
  name: string
  owner: string
  cap: number
  createTime: number
  nextMsgSeq: number
  /** In the order in which they joined. */
  members: Map<string, Member>
  messages: { from: string; body: unknown; random: number; at: number; seq: number; recalled?: boolean }[]
}

/** What a test says of a group; the rest has values that fit. */
export interface GroupInput {
  id: string
  type?: GroupType
  /** Members; `cap` by default, so that the group is full. */
  size?: number
  cap?: number
  admins?: number
  owner?: string
  /** Now, in seconds. */
  now?: number
  /** Changes one member; `n` counts from 0, the owner. */
  member?: (member: Member, n: number) => void
}

const DAY = 86_400

/**
 * A group of accounts named `GROUP-0`, `GROUP-1`, …: the owner, then admins, then members who joined a day after one
 * another and of whom every third has never sent anything. The later ones have been silent for longer.
 */
export function makeGroup(input: GroupInput): Group {
  const { id, type = 'Public', cap = 20, size = cap, now = Math.floor(Date.now() / 1000) } = input
  const admins = type === 'Private' ? 0 : (input.admins ?? 1)
  const prefix = id.replace(/^@TGS#_?/, '')
  const members = new Map<string, Member>()
  for (let n = 0; n < size; n++) {
    const member: Member = {
      account: n === 0 && input.owner !== undefined ? input.owner : `${prefix}-${n}`,
      role: n === 0 ? 'Owner' : n <= admins ? 'Admin' : 'Member',
      joinTime: now - 400 * DAY + n,
      lastSendMsgTime: n % 3 === 2 ? 0 : now - (n % 360) * DAY,
      msgSeq: 10,
      muteUntil: 0,
      online: n % 10 === 0,
    }
    input.member?.(member, n)
    // An AVChatRoom keeps no list.
    if (type !== 'AVChatRoom') members.set(member.account, member)
  }
  const owner = input.owner ?? `${prefix}-0`
  return { id, type, name: prefix, owner, cap, createTime: now - 500 * DAY, nextMsgSeq: 12, members, messages: [] }
}

/** One group of every type, and a large one: what the fake shows when it is run by hand. */
export function sampleGroups(): Group[] {
  return [
    makeGroup({ id: '@TGS#work', type: 'Private' }),
    makeGroup({ id: '@TGS#public', type: 'Public', cap: 200, admins: 3 }),
    makeGroup({ id: '@TGS#meeting', type: 'ChatRoom', cap: 500, size: 480 }),
    makeGroup({ id: '@TGS#_community', type: 'Community', cap: 100_000, size: 250 }),
    makeGroup({ id: '@TGS#live', type: 'AVChatRoom' }),
    makeGroup({ id: '@TGS#large', type: 'ChatRoom', cap: 6000, admins: 10 }),
  ]
}
