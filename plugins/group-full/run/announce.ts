import { createHash } from 'node:crypto'
import { call, type Run } from '../report/run-context.ts'

/** Sends a message to the group. A failure is only logged. */
export async function announce(run: Run, what: 'full' | 'roomMade', free: number): Promise<void> {
  const { place, options, record } = run
  const text = options.announce[what]?.replaceAll('{free}', String(free))
  if (text === undefined) return
  const message = {
    GroupId: place.group,
    // Derived from the job, not random: Tencent drops duplicates (intl 34959).
    Random: createHash('sha256').update(`${record.run}\n${what}`).digest().readUInt32BE(0),
    MsgBody: [{ MsgType: 'TIMTextElem' as const, MsgContent: { Text: text } }],
  }
  try {
    await call(run, 'send_group_msg', 1, (rest, options) =>
      rest.sendGroupMsg(message, { ...options, repeatable: false }),
    )
  } catch (error) {
    run.signal.throwIfAborted()
    run.log.warn(
      { error: error instanceof Error ? error.message : 'unknown' },
      'cannot send the announcement to the group',
    )
  }
}
