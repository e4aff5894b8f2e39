import { Type } from '#typebox'
import { Answer, type Merge } from '../answer-fields.ts'
import { type PlainCode, plainCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime } from '../fields.ts'

/** Variables of a bot's session by name. */
function Variables(description: string): Type.TUnsafe<Record<string, unknown>> {
  return Type.Unsafe<Record<string, unknown>>(Type.Record(Type.String(), Type.Unknown(), { description }))
}

const request = body('Chatbot.InterfaceInvocation', [], {
  Body: Variables(
    "The session's variables that are passed, by name, SystemClientUserID and SystemSessionID among them",
  ),
  EventTime,
})

const answer = Answer({
  Body: Type.Unsafe<Record<string, unknown>>({
    ...Variables("Variables of the bot's session to fill, by name"),
    merge: 'entries' satisfies Merge,
  }),
})

export interface InterfaceInvocation extends Type.Static<typeof request> {}
export interface InterfaceInvocationAnswer extends Type.Static<typeof answer> {}

/**
 * A chatbot's task has come to a node that calls an interface, and goes on with the variables that the answer fills
 * (cn 113786, intl 1229/68990). A code other than 0 says that this has failed; what the bot does then is not documented.
 */
export const interfaceInvocation = before<InterfaceInvocation, InterfaceInvocationAnswer, PlainCode>({
  request,
  title: { en: 'Chatbot calls an interface', zh: '接口调用' },
  docs: { cn: 113786, other: '1229/68990' },
  answer,
  codes: plainCodes,
  drop: false,
  sample: {
    CallbackCommand: 'Chatbot.InterfaceInvocation',
    Body: {
      SystemClientUserID: 'jared',
      SystemSessionID: 'timhook-sample-session',
      staticKey: 'staticValue',
      testKey: '',
    },
    EventTime: 1731488371784,
  },
})
