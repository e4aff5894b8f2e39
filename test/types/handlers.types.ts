// Checked by the compiler alone: handlers in files of their own, settings of the options, and unknown commands.
import { definePlugin, type Log, type On, onUnknown, type Static, Type } from '../../core/plugin.ts'

const options = Type.Object({
  limit: Type.Integer({ default: 1 }),
  mode: Type.Optional(Type.Enum(['soft', 'hard'])),
  tags: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
})
type Options = Static<typeof options>
interface State {
  readonly seen: Map<string, number>
}

/** Fails to compile unless both types are the same. */
declare function same<A, B>(...mustBeSame: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]): void
same<Options, { limit: number; mode?: 'soft' | 'hard'; tags: Record<string, string | null> }>()

const onFull: On<'Group.CallbackAfterGroupFull', Options, State> = async ({ body, options: given, state, log }) => {
  const child: Log = log.child({ group: body.GroupId })
  child.info({ limit: given.limit }, state.seen.has(body.GroupId) ? 'again' : 'first')
  child.warn('a sentence alone')
  // @ts-expect-error a mistyped field
  void body.GroupID
}

const onJoin: On<'Group.CallbackAfterNewMemberJoin'> = async ({ body, log }) => {
  for (const { Member_Account: account } of body.NewMemberList ?? []) log.info(account.toUpperCase())
}

export const onPair: On<'Sns.CallbackFriendAdd'> = async ({ body: { PairList: [first] = [] } }) => {
  const accounts: string[] = first ? [first.From_Account, first.To_Account] : []
  // @ts-expect-error who asked is not always told
  const initiator: string | undefined = first?.Initiator_Account.trim()
  void [accounts, initiator, onJoin]
}

const onSend: On<'Group.CallbackBeforeSendMsg', Options, State> = ({ body, options: given, reject, drop }) =>
  body.MsgBody.length > given.limit ? reject(10100) : drop()

const onGroup: On<'Group.*'> = ({ phase, command }) => {
  if (phase === 'after' && command === 'Group.CallbackAfterGroupFull') return
}

// @ts-expect-error no such command
const onNothing: On<'Group.CallbackAfterGroupFul'> = undefined

definePlugin({
  name: 'files',
  options,
  setup: (): State => ({ seen: new Map() }),
  handlers: {
    'Group.CallbackAfterGroupFull': { handle: onFull, concurrency: ({ limit }) => limit, timeoutMs: () => 1000 },
    'Group.CallbackBeforeSendMsg': {
      handle: onSend,
      onFailure: ({ mode }) => (mode === 'hard' ? 'reject' : 'allow'),
      timeoutMs: ({ limit }) => limit * 100,
    },
    'Group.*': onGroup,
    ...onUnknown('Group.CallbackAfterSomethingNew', ({ body, phase }) => {
      const value: unknown = body['AnyField']
      void [value, phase, onNothing]
    }),
  },
})

definePlugin({
  name: 'wrong',
  options,
  handlers: {
    // @ts-expect-error an outcome that there is not
    'Group.CallbackBeforeSendMsg': { handle: onSend, onFailure: () => 'refuse' },
    // @ts-expect-error a misspelt setting
    'Group.CallbackAfterGroupFull': { handle: async () => undefined, timeoutsMs: 5 },
  },
})

definePlugin({
  name: 'misspelt',
  handlers: {
    // @ts-expect-error a misspelt command
    'Group.CallbackAfterGroupFul': async () => undefined,
  },
})
