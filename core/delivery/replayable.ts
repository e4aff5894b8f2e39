import { bodySelector } from '../callback/select.ts'
import { parseObject } from '../lib/json.ts'
import { commands } from '../protocol/commands.ts'
import { type HandlerSpec, type Only, specFor } from '../registry.ts'
import type { Entry } from './history.ts'

/** Why an undelivered callback cannot be replayed; undefined if it can. Reads its body. */
export function unfitFor({ id, command, undelivered, body }: Entry): string | undefined {
  if (!undelivered) return body?.raw === '' ? `the body of ${id} ${GONE}` : undefined
  if (undelivered.outcome !== 'refused') return `${id} was decided, so it must not be delivered`
  if (command === '') return `${id} has no command`
  if (commands.get(command)?.phase === 'before') return `${id} is a before-callback, which has already been answered`
  return parseObject(body?.raw ?? '') ? undefined : `${id} is not a JSON object, or was too large to be kept whole`
}

const GONE = 'is gone: it was erased, or deleted once every plugin was done with it (delivery.retention.bodies)'

/** Whether only the body of a callback was deleted: no answered callback arrived without one. */
export function isBodyGone({ body, undelivered }: Entry): boolean {
  return body?.raw === '' && undelivered?.outcome !== 'refused'
}

/** Whether a plugin has a handler for a callback, and its `only` selects it. */
export function fits(
  { only, specs }: { readonly only: Only; readonly specs: ReadonlyMap<string, HandlerSpec> },
  { sdkAppId, command, body }: Entry,
): boolean {
  if (!specFor({ only, handlers: specs }, sdkAppId, command)) return false
  const selects = body && bodySelector(only)
  if (selects && body.raw === '') return false
  const parsed = selects && parseObject(body.raw)
  return !selects || !parsed || selects(parsed)
}
