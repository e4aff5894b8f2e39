import { type BeforeContext, type CallbackOf, textsOf } from 'timhook/plugin'
import { type Action, report } from './cases.ts'
import type { Moderator } from './moderator.ts'
import type { Options } from './options.ts'
import { type Opinion, type Question, ServiceError } from './services/service.ts'

type MsgBody = CallbackOf<'C2C.CallbackBeforeSendMsg'>['MsgBody']
type Body = { MsgBody: MsgBody; From_Account?: string; GroupId?: string }
type Context = BeforeContext<string, Body, { MsgBody?: MsgBody }, string, true, Options, Moderator>
type Verdict = ReturnType<Context['drop']>
type Given = Pick<
  Context,
  'command' | 'id' | 'app' | 'body' | 'state' | 'options' | 'drop' | 'emit' | 'store' | 'log' | 'count'
> & { reject: (code: number, info: string) => Verdict }

/** The verdict for a message; none if it passes. `code` is that of a rejection. */
export async function judge(context: Given, code: number): Promise<Verdict | undefined> {
  const { body, app, state, options, drop, reject } = context
  const texts = textsOf(body.MsgBody).map(({ text }) => text)
  const content = texts.filter((text) => text.trim() !== '').join('\n')
  if (content === '') return undefined
  const question: Question = {
    kind: 'text',
    content,
    app: app.sdkAppId,
    account: body.From_Account ?? '',
    group: body.GroupId ?? '',
  }
  const action = await decide(context, question, state, options)
  if (action === 'allow') return undefined
  return action === 'drop' ? drop() : reject(code, options.info)
}

async function decide(
  context: Given,
  question: Question,
  state: Moderator,
  options: Options,
): Promise<Exclude<Action, 'recall'>> {
  let found: Opinion
  try {
    found = await state.texts.ask(question)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    state.warn(error.code, error.message)
    const action = options.apps[String(question.app)]?.onFailure ?? options.onFailure
    context.count('undecided', { action })
    return action
  }
  if (found.level === 'pass') return 'allow'
  const action = options.actions[found.level]
  report(context, question, found, { action })
  return action
}
