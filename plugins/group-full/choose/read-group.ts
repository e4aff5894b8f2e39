import type { GroupFound } from 'timhook/plugin'
import { targetFree } from './limits.ts'
import { Halt, outcomeFor } from '../report/outcome.ts'
import { call, pause, type Run } from '../report/run-context.ts'
import type { Snapshot } from '../report/snapshot.ts'

const FIELDS = ['Type', 'MemberNum', 'MaxMemberNum', 'Owner_Account', 'NextMsgSeq', 'CreateTime'] as const
// Tencent answers with the old names (intl 34961).
const TYPES: Readonly<Record<string, Snapshot['type']>> = {
  Private: 'Work',
  Work: 'Work',
  Public: 'Public',
  ChatRoom: 'Meeting',
  Meeting: 'Meeting',
  Community: 'Community',
}

/** Reads the group. @throws Halt if the plugin cannot work on it */
export async function readGroup(run: Run): Promise<Snapshot> {
  const { group } = run.place
  const filter = { GroupBaseInfoFilter: FIELDS }
  const { GroupInfo } = await call(run, 'get_group_info', 1, (rest, options) =>
    rest.getGroupInfo({ GroupIdList: [group], ResponseFilter: filter }, options),
  )
  const entry = GroupInfo.find(({ GroupId }) => GroupId === group) ?? GroupInfo[0]
  if (!entry) throw new Halt('error', 'get_group_info answered without an entry')
  if (entry.ErrorCode !== 0) {
    const { ErrorCode: code, ErrorInfo: info } = entry
    const failed = { api: 'get_group_info', error: 'of the group', code, ...(info !== undefined && { info }) }
    throw new Halt(outcomeFor(code, undefined, 'get_group_info'), `get_group_info says ${code} of the group`, {
      failed,
    })
  }
  return snapshotOf(entry, run.options.types)
}

function snapshotOf(group: GroupFound, types: readonly string[]): Snapshot {
  const { Type: named, MemberNum: members, MaxMemberNum: cap, Owner_Account: owner, NextMsgSeq } = group
  if (named === 'AVChatRoom') throw new Halt('unsupported-type', 'an AVChatRoom has no list of members')
  const type = typeof named === 'string' && Object.hasOwn(TYPES, named) ? TYPES[named] : undefined
  if (!type) throw new Halt('unknown-type', `the group's type is ${JSON.stringify(named)}`)
  if (!types.includes(type)) throw new Halt('unsupported-type', `options.types does not name ${type}`)
  if (!isCount(members) || !isCount(cap) || cap === 0) {
    throw new Halt('inconsistent', 'MemberNum or MaxMemberNum is missing or not a count')
  }
  const seq = isCount(NextMsgSeq) ? { nextMsgSeq: NextMsgSeq } : {}
  return { type, members, cap, owner: typeof owner === 'string' ? owner : '', ...seq }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Returns how many places must become free; 0 or less if there is enough room. */
export function needOf({ members, cap }: Snapshot, wanted: number | string): number {
  return targetFree(wanted, cap) - (cap - members)
}

/**
 * Reads the group. If it has exactly one free place, reads it again: the count may lag behind the last member to join.
 */
export async function readFullGroup(run: Run): Promise<Snapshot> {
  const { rereadAfter, targetFree: wanted } = run.options
  const snapshot = await readGroup(run)
  if (snapshot.cap - snapshot.members !== 1 || needOf(snapshot, wanted) > 0) return snapshot
  await pause(rereadAfter, run.signal)
  return readGroup(run)
}
