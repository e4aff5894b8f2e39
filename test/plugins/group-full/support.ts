import type { AppInput } from '../../../config/sections/apps.ts'
import type { RunRecord } from '../../../plugins/group-full/report/record.ts'
import { startFake, type FakeSettings, type FakeTencent } from '../../fakes/tencent-rest/fake.ts'
import { type Group, type GroupInput, makeGroup, type Member } from '../../fakes/tencent-rest/groups.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { type Reply, serve, SIGNED_APP, signed, type TestServer, TOKENS } from '../../harness/server.ts'

export const GROUP = '@TGS#g'
const DAY = 86_400

/** Settings under which no test waits for anything but what it is about. */
export const QUICK = { mode: 'remove', batchPause: 0, rereadAfter: 0, pagesPerSecond: 150, stopFile: '/nowhere/stop' }

export interface Bench extends TestServer {
  readonly fake: FakeTencent
  /** Reports the group as full, as Tencent does: signed, over HTTP. */
  report: (group?: string, more?: object) => Promise<Reply>
  /** Reports the group, and resolves with the record of the run that this brings. */
  run: (group?: string) => Promise<RunRecord>
  /** The record of the next run to end. */
  nextRun: () => Promise<RunRecord>
  runs: () => Promise<RunRecord[]>
}

/** Seconds since 1970, so many days ago. */
export function daysAgo(days: number): number {
  return Math.floor(Date.now() / 1000) - days * DAY
}

/** A group of 20: an owner, an admin, and members who all wrote today, except as the test says. */
export function activeGroup(input: Partial<GroupInput> = {}, inactive: Record<number, Partial<Member>> = {}): Group {
  return makeGroup({
    id: GROUP,
    ...input,
    member: (member, n) => {
      member.lastSendMsgTime = daysAgo(0) - 60
      Object.assign(member, inactive[n])
    },
  })
}

/** Members 5, 6 and 7 may be removed, in the order 6, 5, 7. */
export const THREE_INACTIVE = {
  5: { lastSendMsgTime: daysAgo(100) },
  6: { lastSendMsgTime: daysAgo(200) },
  7: { lastSendMsgTime: daysAgo(50) },
}

/** A fake with these groups, and settings of the app that call it. */
export async function fakeWith(groups: readonly Group[], settings: FakeSettings = {}) {
  const fake = await startFake({ sdkAppId: SIGNED_APP, groups, ...settings })
  stopAfterTest(() => fake.close())
  const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
  const apps: AppInput[] = [{ sdkAppId: SIGNED_APP, tokens: TOKENS, rest }]
  return { fake, apps }
}

/** A server whose plugin group-full works on these groups. */
export async function bench(
  groups: readonly Group[],
  options: object = {},
  settings: FakeSettings = {},
): Promise<Bench> {
  const { fake, apps } = await fakeWith(groups, settings)
  const server = await serve({ apps, plugins: [{ use: 'group-full', options: { ...QUICK, ...options } }] })
  const report = (group = GROUP, more: object = {}): Promise<Reply> =>
    server.post(FULL, full({ GroupId: group, EventTime: Date.now() - 10_000 + serial++, ...more }), signed())
  const nextRun = async (): Promise<RunRecord> => (await server.bus.next('plugin:group-full:run')) as RunRecord
  return {
    ...server,
    fake,
    report,
    nextRun,
    async run(group = GROUP) {
      const ended = nextRun()
      await report(group)
      return ended
    },
    async runs() {
      const records = await server.server.running.stores.of('group-full').records('run')
      return records.map(({ data }) => data as RunRecord)
    },
  }
}

let serial = 0

/** The accounts that were asked to be removed, call by call, in one group or in all. */
export function removals(fake: FakeTencent, group?: string): string[][] {
  const calls = fake.callsOf('delete_group_member')
  return calls
    .filter(({ body }) => group === undefined || body['GroupId'] === group)
    .map(({ body }) => body['MemberToDel_Account'] as string[])
}

/** The commands that were called, in order. */
export function commandsOf(fake: FakeTencent): string[] {
  return fake.calls.map(({ command }) => command)
}
