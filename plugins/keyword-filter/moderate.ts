import type { BeforeContext, CallbackOf } from 'timhook/plugin'
import { canCarry } from './can-carry.ts'
import type { Filter } from './filter.ts'
import { textsOf } from './message.ts'
import type { Options } from './options.ts'

type MsgBody = CallbackOf<'C2C.CallbackBeforeSendMsg'>['MsgBody']
type Context = BeforeContext<string, { MsgBody: MsgBody }, { MsgBody?: MsgBody }, string, true, Options, Filter>
type Verdict = ReturnType<Context['drop']>

/** What observers are told of a message with listed words: never its text. */
export interface Matched {
  action: Options['action']
  /** How many passages of the message matched. */
  count: number
  /** GroupId, of a group message. */
  group?: string
}

/**
 * Decides about a message; no verdict where no word matches. `code` is that of a rejection. A message that is to be
 * masked, but that no answer can carry, is rejected.
 */
export function moderate(
  context: Pick<Context, 'body' | 'state' | 'options' | 'allow' | 'drop' | 'emit'> & {
    reject: (code: number, info: string) => Verdict
  },
  code: number,
  group?: string,
): Verdict | undefined {
  const { body, state, options, allow, reject, drop, emit } = context
  let count = 0
  for (const one of textsOf(body.MsgBody)) {
    const masked = state.mask(one.text)
    count += masked.count
    // The body is this plugin's own: what is not masked stays as it came.
    if (options.action === 'mask') one.replace(masked.text)
  }
  if (count === 0) return undefined
  const action = options.action === 'mask' && !canCarry(body.MsgBody) ? 'reject' : options.action
  emit('matched', { action, count, ...(group !== undefined && { group }) } satisfies Matched)
  if (action === 'mask') return allow({ MsgBody: body.MsgBody })
  return action === 'drop' ? drop() : reject(code, options.info)
}
