import { commands } from '../core/protocol/commands.ts'
import { answerSchema, type JsonSchema, msgBodySchema, requestSchema } from '../core/protocol/json-schema.ts'

/** The schemas of all bodies, of all verdicts and of messages, each named by its `$id`. */
export function schemas(): JsonSchema[] {
  const ofCommands = [...commands.values()].flatMap((definition) => [
    requestSchema(definition),
    ...(definition.phase === 'before' ? [answerSchema(definition)] : []),
  ])
  return [msgBodySchema(), ...ofCommands]
}
