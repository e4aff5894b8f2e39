import { join } from 'node:path'
import { openArchive } from '../../../plugins/archive/archive.ts'
import { readCallback, type Received } from '../../../plugins/archive/callbacks/read-callback.ts'
import type { Engine } from '../../../plugins/archive/database/engine.ts'
import type { OnRecall } from '../../../plugins/archive/rows/merge.ts'
import { columns, type Row } from '../../../plugins/archive/rows/row.ts'
import { applyFacts } from '../../../plugins/archive/write/apply.ts'
import { folderWith } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'

export const APP = 1400000001
export const GROUP = '@TGS#book-club'
/** Some second of 2023, in milliseconds. */
export const T0 = 1_700_000_000_000

/** The URL of a new SQLite file. */
export async function sqliteUrl(): Promise<string> {
  return `sqlite:${join(await folderWith({}), 'archive.db')}`
}

/** An archive with its tables. It is closed when the test is over. */
export async function open(url: string): Promise<Engine> {
  const engine = await openArchive({ url })
  stopAfterTest(() => engine.db.destroy())
  return engine
}

/** A callback as a handler gets it. */
export function received(command: string, body: object, more: Partial<Received> = {}): Received {
  const raw = JSON.stringify({ CallbackCommand: command, ...body })
  return {
    command,
    body: JSON.parse(raw) as Record<string, unknown>,
    raw,
    app: { sdkAppId: APP },
    faults: [],
    receivedAt: T0 + 900_000,
    ...more,
  }
}

/** Writes callbacks in one transaction. */
export async function write(
  engine: Engine,
  callbacks: readonly Received[],
  onRecall: OnRecall = 'blank',
): Promise<void> {
  await applyFacts(engine, callbacks.flatMap(readCallback), onRecall)
}

/** All rows, in the order of their times. */
export async function rowsOf(engine: Engine): Promise<Row[]> {
  return engine.db.selectFrom('timhook_messages').select(columns).orderBy('event_at').orderBy('seq').execute()
}

export function textBody(text: string): object[] {
  return [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
}

/** A message of a group, `seq` seconds after T0. */
export function groupMessage(seq: number, text: string, more: object = {}): Received {
  return received('Group.CallbackAfterSendMsg', {
    GroupId: GROUP,
    Type: 'Public',
    From_Account: 'jared',
    Random: 1000 + seq,
    MsgSeq: seq,
    MsgTime: T0 / 1000 + seq,
    EventTime: T0 + seq * 1000 + 120,
    MsgBody: textBody(text),
    ...more,
  })
}

export function groupRecall(seqs: readonly number[], at: number, by = 'admin'): Received {
  const MsgSeqList = seqs.map((MsgSeq) => ({ MsgSeq }))
  return received('Group.CallbackAfterRecallMsg', { GroupId: GROUP, Operator_Account: by, MsgSeqList, EventTime: at })
}

export function c2cMessage(seq: number, text: string, more: object = {}): Received {
  const MsgTime = T0 / 1000 + seq
  return received('C2C.CallbackAfterSendMsg', {
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgSeq: seq,
    MsgRandom: 2000 + seq,
    MsgTime,
    MsgKey: `${seq}_${2000 + seq}_${MsgTime}`,
    SendMsgResult: 0,
    MsgBody: textBody(text),
    ...more,
  })
}
