import type { Definition } from '../../protocol/define.ts'
import { answerSchema, bundled, requestSchema } from '../../protocol/json-schema.ts'
import { linksOf } from '../../protocol/links.ts'

/**
 * All that the table says about a callback, as `timhook list --json` prints it: of after-callbacks what keeps them in
 * order, of before-callbacks what they may be answered with. The schemas need no other file.
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
