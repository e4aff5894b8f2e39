import type { HandlerContext } from 'timhook/plugin'
import { replaceFields } from '../format/replace-fields.ts'
import type { Target } from '../target.ts'
import type { Passage } from './circuit.ts'
import { type Answer, post } from './post.ts'
import { TargetError } from './target-error.ts'

export type Context = Pick<
  HandlerContext<unknown, Target>,
  'id' | 'attempt' | 'app' | 'query' | 'receivedAt' | 'raw' | 'signal' | 'state' | 'count' | 'forwardHeaders'
> & { readonly command: string; readonly body: object; readonly rewritten?: readonly string[] }

/** Sends a callback to the target and reports the outcome to the circuit. Resolves to an error if there is no answer. */
export async function send(context: Context, passage: Passage, needsText: boolean): Promise<Answer | TargetError> {
  const { state: target, count } = context
  const { circuit, origin } = target
  const message = messageOf(context, target)
  try {
    const answer = await post(target, message, context, needsText)
    count('answers', LABELS[Math.floor(answer.status / 100)])
    if (isDown(answer)) circuit.failed(passage)
    else circuit.answered()
    return answer
  } catch (error) {
    count('answers', NO_ANSWER)
    circuit.failed(passage)
    const isUnknown = UNKNOWN_AUTHORITY.test((error as { code?: string }).code ?? '')
    const hint = isUnknown ? ', since its certificate is of an authority that is not known here: give it in tls.ca' : ''
    return new TargetError('TARGET_UNREACHABLE', `${origin} gave no answer${hint}`, error)
  }
}

/** Node's codes for certificates that no known authority has signed. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)/
const NO_ANSWER = { status: 'none' }
/** Labels by the first digit of the status. */
const LABELS = Array.from({ length: 10 }, (_, digit) => ({ status: `${digit}xx` }))

/** Whether there was no answer, or one that says the target takes nothing now. Other 4xx concern only this callback. */
export function isDown(answer: Answer | Error): boolean {
  return answer instanceof Error || answer.status === 429 || answer.status >= 500
}

/** Errors of a connection that could not be made. */
const NO_CONNECTION = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether the target cannot have seen the callback, so that the callback is not to blame. */
export function isUnsent(answer: Answer | Error): boolean {
  return answer instanceof Error && NO_CONNECTION.has((answer.cause as { code?: string } | undefined)?.code ?? '')
}

function messageOf(context: Context, { write, headers }: Target): ReturnType<Target['write']> {
  const { body, command, id, attempt, app, query, receivedAt, forwardHeaders } = context
  const json = jsonOf(context)
  const { path, headers: own, body: text } = write({ command, id, app, query, receivedAt, body, json }, Date.now())
  const all = [...headers, ...own, 'timhook-id', id, 'timhook-attempt', String(attempt)]
  for (const name in forwardHeaders) all.push(name, forwardHeaders[name] ?? '')
  return { path, headers: all, body: text }
}

/** The body as received, with the changes of earlier plugins. */
function jsonOf({ body, raw, rewritten }: Context): string {
  if (!rewritten || rewritten.length === 0) return raw
  const fields = body as Readonly<Record<string, unknown>>
  return replaceFields(raw, Object.fromEntries(rewritten.map((name) => [name, fields[name]])))
}
