import { Type } from '#typebox'
import { MsgBody } from './msg-body.ts'
import { Item, optionals, type Shape } from './shape.ts'
import { Account, Integer, Text } from './wire.ts'

/**
 * How a field of the answer is merged when several plugins set it: the `last` wins (which is the rule where
 * nothing is said), lists are made one (`union`), or objects are, where the last entry of a name wins (`entries`), or per
 * target the first refusal wins (`first-refusal`).
 */
export type Merge = 'last' | 'union' | 'first-refusal' | 'entries'

/** The fields that an allowing answer may carry, and no others. */
export function Answer<Fields extends Type.TProperties>(fields: Fields): ReturnType<typeof Shape<Fields>> {
  return Type.Unsafe(Type.Object(optionals(fields), { additionalProperties: false }))
}

/** For callbacks that are allowed as they are. */
export type NoFields = Record<string, never>
export const noFields: Type.TUnsafe<NoFields> = Type.Unsafe<NoFields>(Answer({}))

/** Rewrites a message; only honoured with code 0 (intl 34364, 34374, 60803). */
export const messageAnswer = Answer({ MsgBody, CloudCustomData: Text('Replaces the custom data') })
export interface MessageAnswer extends Type.Static<typeof messageAnswer> {}

/** Accounts that are refused while the others are allowed. */
export function RefusedAccounts(description: string): Type.TUnsafe<string[]> {
  return Type.Unsafe<string[]>({ ...Type.Array(Account('User id')), description, merge: 'union' satisfies Merge })
}

const resultItem = Item(
  'Decision',
  { To_Account: Account('Target'), ResultCode: Integer('0 allows, 38000 to 39000 refuse') },
  { ResultInfo: Text('Reason') },
)

/** The decision about one target of a friend request (intl 43467, 43468). */
export interface ResultItem extends Type.Static<typeof resultItem> {}

const ResultItem = Type.Unsafe<ResultItem[]>({
  ...Type.Array(resultItem),
  description: 'Decisions, one a target; targets not named are allowed',
  merge: 'first-refusal' satisfies Merge,
})

/** Decides about each target of a friend request. */
export const friendAnswer = Answer({ ResultItem })
export interface FriendAnswer extends Type.Static<typeof friendAnswer> {}
