import { type AfterContext, type CallbackOf, textsOf } from 'timhook/plugin'
import type { Bot } from './bot.ts'
import { CHATBOT, type Options } from './options.ts'

type Commands = 'C2C.CallbackAfterSendMsg' | 'Group.CallbackAfterSendMsg' | 'Bot.OnC2CMessage' | 'Bot.OnGroupMessage'
type Of<Command extends Commands> = Command extends Commands
  ? AfterContext<Command, CallbackOf<Command>, Options, Bot>
  : never
export type Context = Of<Commands>

/** A message that may get an answer. */
export interface Incoming {
  readonly from: string
  /** GroupId; undefined for a one-to-one message. */
  readonly group: string | undefined
  readonly topic: string | undefined
  /** Identifies the message, since it may arrive in two callbacks. */
  readonly message: string
  readonly text: string
}

export const IGNORED = ['sender', 'rest', 'old', 'quick', 'limit', 'repeated'] as const
export type Ignored = (typeof IGNORED)[number]

/**
 * The message of a callback if it is for the bot; else undefined, or why it is ignored.
 *
 * - Messages sent by REST are not answered, and so none of this bot or another one of the app.
 * - Nor are messages of a chatbot, or of an account in `ignore`.
 */
export function incomingOf(context: Context): Incoming | Ignored | undefined {
  const { body, query, options, state, receivedAt } = context
  const from = body.From_Account ?? ''
  const text = textsOf(body.MsgBody)
    .map((part) => part.text)
    .join('\n')
    .replaceAll(`@${options.account}`, '')
    .trim()
  if (text === '' || !isForBot(context)) return undefined
  if (from === '' || from === options.account || from.startsWith(CHATBOT) || state.isIgnored(from)) return 'sender'
  // A signal for one device is not part of the conversation.
  if (query.OptPlatform === 'RESTAPI') return 'rest'
  if (state.now() - receivedAt > options.maxAge) return 'old'
  if (!('GroupId' in body)) {
    const { MsgKey, MsgSeq, MsgRandom, MsgTime } = body
    return { from, group: undefined, topic: undefined, message: MsgKey ?? `${MsgSeq}_${MsgRandom}_${MsgTime}`, text }
  }
  const { GroupId: group, MsgSeq, Random, TopicId } = body
  const topic = TopicId === '' ? undefined : TopicId
  return { from, group, topic, message: `${group}/${topic ?? ''}/${MsgSeq ?? Random}`, text }
}

function isForBot({ body, options: { account, groups } }: Context): boolean {
  if (!('GroupId' in body)) return body.To_Account === account && (!('SendMsgResult' in body) || !body.SendMsgResult)
  if (!groups) return false
  if ('GroupAtInfo' in body)
    return (body.GroupAtInfo ?? []).some((at) => at.GroupAt_Account === account && at.GroupAtAllFlag !== 1)
  if (!('AtRobots_Account' in body) && !('AtRobotAccount' in body)) return false
  return [body.AtRobots_Account, body.AtRobotAccount].flat().includes(account)
}
