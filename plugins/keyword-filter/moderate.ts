import { type BeforeContext, type CallbackOf, textsOf } from 'timhook/plugin'
import { canCarry } from './can-carry.ts'
import type { Filter } from './filter.ts'
import type { Options } from './options.ts'

type MsgBody = CallbackOf<'C2C.CallbackBeforeSendMsg'>['MsgBody']
type Context = BeforeContext<string, { MsgBody: MsgBody }, { MsgBody?: MsgBody }, string, true, Options, Filter>
type Verdict = ReturnType<Context['drop']>

/** The event for a message with listed words. It never contains the text. */
export interface Matched {
  action: Options['action']
  /** How many passages of the message matched. */
  count: number
  /** GroupId, of a group message. */
  group?: string
}

/**
 * Returns the verdict for a message; none if no word matches. `code` is that of a rejection. A message to mask that no
 * answer can carry is rejected.
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
  for (const part of textsOf(body.MsgBody)) {
    const masked = state.mask(part.text)
    count += masked.count
    // The body is this plugin's own copy, so it can be changed in place.
    if (options.action === 'mask') part.replace(masked.text)
  }
  if (count === 0) return undefined
  const action = options.action === 'mask' && !canCarry(body.MsgBody) ? 'reject' : options.action
  emit('matched', { action, count, ...(group !== undefined && { group }) } satisfies Matched)
  if (action === 'mask') return allow({ MsgBody: body.MsgBody })
  return action === 'drop' ? drop() : reject(code, options.info)
}
