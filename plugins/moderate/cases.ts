import { defineCommand, type HandlerContext, Type } from 'timhook/plugin'
import type { Options } from './options.ts'
import type { Kind, Opinion, Question } from './services/service.ts'

export type Action = 'allow' | 'reject' | 'drop' | 'recall'

/** A message that needs a person, or was blocked. It contains no text unless `caseText` says so. */
export interface Case {
  readonly level: 'review' | 'block'
  /** Why, in a word of the service. */
  readonly label?: string
  readonly action: Action
  readonly kind: Kind
  readonly app: number
  readonly command: string
  /** The id of the callback. */
  readonly callback: string
  readonly account: string
  readonly group?: string
  /** Leads to the message, if it has been sent. */
  readonly message?: string
  /** The text or URL. */
  readonly content?: string
}

export type CaseContext = Pick<
  HandlerContext<Options>,
  'app' | 'id' | 'options' | 'emit' | 'store' | 'log' | 'count'
> & { readonly command: string }

/** Emits a case, as `plugin:ID:review` or `plugin:ID:block`, and records it. Waits for neither. */
export function report(
  context: CaseContext,
  question: Question,
  { level, label }: Opinion,
  more: { action: Action; message?: string | undefined },
): void {
  if (level === 'pass') return
  const { app, id, options, emit, store, log, count, command } = context
  const { kind, account, group, content } = question
  const found: Case = {
    level,
    ...(label !== undefined && { label }),
    action: more.action,
    kind,
    app: app.sdkAppId,
    command,
    callback: id,
    account,
    ...(group !== '' && { group }),
    ...(more.message !== undefined && { message: more.message }),
    ...(options.caseText && { content }),
  }
  count('cases', { level, action: more.action })
  emit(level, found)
  store.record('case', found).catch((error: unknown) => log.error({ err: error }, 'a case could not be recorded'))
}

/** `timhook moderate cases`: what was blocked or needs a person, newest first. */
export const cases = defineCommand({
  description: 'the newest messages that were blocked or need a person',
  options: Type.Object({ limit: Type.Integer({ default: 50, minimum: 1, maximum: 1000, description: 'How many' }) }),
  view: true,
  async run({ given: { limit }, store }) {
    const records = await store.records('case', { limit })
    return records.map(({ at, data }) => ({ at: new Date(at).toISOString(), ...(data as Case) }))
  },
})
