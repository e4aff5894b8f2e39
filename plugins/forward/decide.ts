import type { Verdict } from 'timhook/plugin'
import { type Context, send } from './send/send.ts'
import { refusedBy, TargetError } from './send/target-error.ts'

/** The functions that create the verdicts of a before-callback. */
interface Verdicts {
  readonly allow: (fields?: object) => Verdict
  readonly reject: (code?: number, info?: string) => Verdict
  readonly drop?: () => Verdict
  readonly answerFields?: readonly string[] | undefined
}

const DROP = 2
/** Rejects the targets one by one, because Tencent treats a top-level code other than 0 as a failure (intl 34361). */
const PER_TARGET = 'Sns.CallbackPrev'

/**
 * Asks the target about a before-callback.
 * @throws TargetError if there is no answer, or not one that Tencent would accept. Then `onFailure` decides
 */
export async function decide(context: Context): Promise<Verdict> {
  const { circuit, origin } = context.state
  const passage = circuit.enter()
  if (passage === 'open' || passage === 'probing') {
    throw new TargetError('TARGET_HELD', `${origin} keeps failing, and is not asked until the next probe`)
  }
  const given = await send(context, passage, true)
  if (given instanceof Error) throw given
  const { status, text, isCut } = given
  if (status < 200 || status > 299) throw refusedBy(origin, status)
  const fault = (what: string): TargetError => new TargetError('TARGET_ANSWER_INVALID', `${origin} answered ${what}`)
  if (isCut) throw fault('with more than 64 kB')
  const answer = parse(text)
  if (!answer) throw fault('something other than a JSON object')
  const { ActionStatus, ErrorCode, ErrorInfo, ...fields } = answer
  const code = typeof ErrorCode === 'string' && /^[0-9]{1,9}$/.test(ErrorCode) ? Number(ErrorCode) : ErrorCode
  if (typeof code !== 'number' || !Number.isInteger(code)) throw fault('without an ErrorCode')
  // The kinds of verdicts differ by command, which the target knows.
  const { allow, reject, drop, answerFields } = context as unknown as Verdicts
  if (code === 0) {
    if (ActionStatus !== undefined && ActionStatus !== 'OK') throw fault('with ErrorCode 0 and a status other than OK')
    // Tencent ignores fields that an answer does not need, so many receivers send more.
    const taken = Object.entries(fields).filter(([name]) => answerFields?.includes(name) ?? true)
    return taken.length > 0 ? allow(Object.fromEntries(taken)) : allow()
  }
  if (context.command.startsWith(PER_TARGET)) throw fault('with an ErrorCode other than 0, which decides nothing here')
  if (code === DROP && drop) return drop()
  return typeof ErrorInfo === 'string' ? reject(code, ErrorInfo) : reject(code)
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isObject ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
