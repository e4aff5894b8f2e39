import { type AfterContext, type CallbackOf, RetryAfter } from 'timhook/plugin'
import { report } from './cases.ts'
import { filesOf } from './files.ts'
import type { Moderator } from './moderator.ts'
import type { Options } from './options.ts'
import { type Opinion, type Question, ServiceError, strictest } from './services/service.ts'

type Of<Command extends 'C2C.CallbackAfterSendMsg' | 'Group.CallbackAfterSendMsg'> = AfterContext<
  Command,
  CallbackOf<Command>,
  Options,
  Moderator
>
type Context = Of<'C2C.CallbackAfterSendMsg'> | Of<'Group.CallbackAfterSendMsg'>

/** Has the media of a message judged, and recalls it if they are blocked. A failure is tried again, like any other. */
export async function judgeMedia(context: Context): Promise<void> {
  const { body, app, state, options } = context
  const { media } = state
  if (!media) return
  const files = filesOf(body.MsgBody).filter(({ kind }) => media.kinds.has(kind))
  const questions = files.map(({ kind, url }): Question => {
    const group = 'GroupId' in body ? body.GroupId : ''
    return { kind, content: url, app: app.sdkAppId, account: body.From_Account ?? '', group }
  })
  if (questions.length === 0) return
  const opinions = await Promise.all(questions.map((question) => ask(state, question)))
  const worst = strictest(opinions)
  if (worst.level === 'pass') return
  const question = questions[opinions.indexOf(worst)]
  if (!question) return
  const message = messageOf(context)
  const isRecalled = worst.level === 'block' && options.actions.block !== 'allow'
  if (isRecalled) await recall(context)
  report(context, question, worst, { action: isRecalled ? 'recall' : 'allow', message })
}

async function ask({ media, warn }: Moderator, question: Question): Promise<Opinion> {
  try {
    return (await media?.asker.ask(question)) ?? { level: 'pass' }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    warn(error.code, error.message)
    if (error.retryMs !== undefined) throw new RetryAfter(error.retryMs, error.message)
    throw error
  }
}

function messageOf({ body }: Context): string | undefined {
  if (!('GroupId' in body)) return body.MsgKey
  return body.MsgSeq === undefined ? undefined : String(body.MsgSeq)
}

async function recall({ body, rest, signal, count }: Context): Promise<void> {
  if (!('GroupId' in body)) {
    const { From_Account, To_Account, MsgKey } = body
    if (MsgKey === undefined) throw new Error('the message has no MsgKey, so it cannot be recalled')
    await rest.recallC2cMsg({ From_Account, To_Account, MsgKey }, { signal })
  } else {
    const { GroupId, MsgSeq, TopicId } = body
    if (MsgSeq === undefined) throw new Error('the message has no MsgSeq, so it cannot be recalled')
    const topic = TopicId === undefined || TopicId === '' ? {} : { TopicId }
    const { RecallRetList } = await rest.recallGroupMsg({ GroupId, MsgSeqList: [{ MsgSeq }], ...topic }, { signal })
    const code = RecallRetList.find((result) => result.MsgSeq === MsgSeq)?.RetCode ?? 0
    if (code !== 0) throw new Error(`the message was not recalled: code ${code}`)
  }
  count('recalled')
}
