import type { Definition } from '../../protocol/define.ts'
import { answerSchema, bundled, requestSchema } from '../../protocol/json-schema.ts'
import { linksOf } from '../../protocol/links.ts'

/**
 * Describes a callback for `timhook list --json`: everything in the command table, with the order of an after-callback or
 * the answers to a before-callback. The schemas are self-contained.
 */
export function describeCallback(definition: Definition): object {
  const { command, phase, title, docs, sample } = definition
  const about = { command, phase, title, docs: linksOf(docs), request: bundled(requestSchema(definition)) }
  if (definition.phase === 'after') return { ...about, order: definition.order, sample }
  const { codes, drop, onFailure, perTarget } = definition
  return {
    ...about,
    answer: bundled(answerSchema(definition)),
    codes,
    drop,
    onFailure,
    ...(perTarget && { perTarget }),
    sample,
  }
}
