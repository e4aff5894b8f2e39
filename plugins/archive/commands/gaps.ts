import { CommandError, defineCommand, RestError, type Rest, Type } from 'timhook/plugin'
import { historyFacts } from '../callbacks/history.ts'
import { groupConversation } from '../callbacks/targets.ts'
import type { Engine } from '../database/engine.ts'
import { options } from '../options.ts'
import { applyFacts } from '../write/apply.ts'
import { appOf, withArchive } from './given.ts'

const PAGE = 5000
/** How many messages Tencent returns at once. */
const MAX_ASKED = 20

/** Numbers without a message, both ends included. */
interface Gap {
  readonly from: number
  readonly to: number
}

const given = Type.Object({
  group: Type.String({ minLength: 1, description: 'The group' }),
  topic: Type.Optional(Type.String({ minLength: 1, description: 'A topic of it' })),
  app: Type.Optional(Type.Integer({ minimum: 1, description: 'Its SdkAppid, if there are several' })),
  from: Type.Optional(
    Type.Integer({ minimum: 1, description: 'From this MsgSeq on; default: the first one archived' }),
  ),
  fill: Type.Boolean({ default: false, description: 'Ask Tencent for what is missing, and archive it' }),
})

/** `timhook archive gaps`: lists the missing MsgSeq of a group, and with `--fill` gets what Tencent still has of them. */
export const gaps = defineCommand(
  {
    description: 'list the numbers of a group that have no message, and with --fill get those messages from Tencent',
    options: given,
    view: true,
    run: ({ given, options, apps, rest, signal }) =>
      withArchive(options, async (engine) => {
        const app = appOf(given.app, apps)
        const conversation = groupConversation(app, given.group, given.topic ?? null)
        const before = await findGaps(engine, conversation, given.from)
        if (!given.fill) return before.map(({ from, to }) => ({ from, to, missing: to - from + 1 }))
        const where = { app, group: given.group, topic: given.topic }
        for (const gap of before) {
          signal.throwIfAborted()
          await fill(engine, rest(app), where, gap, options.onRecall)
        }
        const after = await findGaps(engine, conversation, given.from)
        return before.map((gap) => {
          const left = after.reduce((sum, other) => sum + overlap(gap, other), 0)
          const missing = gap.to - gap.from + 1
          return { ...gap, missing, filled: missing - left, left }
        })
      }),
  },
  options,
)

/** The gaps of a group since it was last created, below its highest number. */
async function findGaps(engine: Engine, conversation: string, first?: number): Promise<Gap[]> {
  const own = engine.db
    .selectFrom('timhook_messages')
    .where('conversation_key', '=', conversation)
    .where('complete', '>', 0)
  const latest = await own.select('incarnation').orderBy('incarnation', 'desc').limit(1).executeTakeFirst()
  if (!latest) return []
  const found: Gap[] = []
  let next = first
  for (;;) {
    const rows = await own
      .select('seq')
      .where('incarnation', '=', latest.incarnation)
      .where('seq', '>=', next ?? 0)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    for (const { seq } of rows) {
      if (seq === null) continue
      if (next !== undefined && seq > next) found.push({ from: next, to: seq - 1 })
      next = seq + 1
    }
    if (rows.length < PAGE) return found
  }
}

async function fill(
  engine: Engine,
  rest: Rest,
  { app, group, topic }: { app: number; group: string; topic: string | undefined },
  gap: Gap,
  onRecall: 'mark' | 'blank',
): Promise<void> {
  for (let highest = gap.to; highest >= gap.from; highest -= MAX_ASKED) {
    const { RspMsgList } = await rest
      .groupMsgGetSimple({
        GroupId: group,
        ReqMsgSeq: highest,
        ReqMsgNumber: Math.min(MAX_ASKED, highest - gap.from + 1),
        WithRecalledMsg: 1,
        ...(topic !== undefined && { TopicId: topic }),
      })
      .catch((error: unknown) => {
        if (error instanceof RestError) throw new CommandError(error.message, { hint: error.hint })
        throw error
      })
    const missing = RspMsgList.filter(({ MsgSeq }) => MsgSeq >= gap.from && MsgSeq <= highest)
    const facts = missing.flatMap((message) =>
      historyFacts(
        app,
        'group',
        { ...message, GroupId: group, ...(topic !== undefined && { TopicId: topic }) },
        Date.now(),
      ),
    )
    await applyFacts(engine, facts, onRecall)
  }
}

function overlap(one: Gap, other: Gap): number {
  return Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from) + 1)
}
